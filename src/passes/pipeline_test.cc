// SPDX-License-Identifier: Apache-2.0
#include "passes/pipeline.h"

#include <cstdlib>
#include <set>

#include <reckon/logging.h>
#include <reckon/math.h>
#include "check_op.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace pipeline_test {

class Pipeline : public PassTest {
 protected:
  std::vector<std::string> names_run(const std::string& disabled) {
    const testing::PassesDisabled environment(disabled);
    Plan plan = plan_of({exp(placeholder(kFloat32, {4}, "x")) * 1});
    std::vector<std::string> names;
    for (const PassTime& time : run_pipeline(plan, context_of(plan))) {
      EXPECT_GE(time.seconds, 0);
      EXPECT_LT(time.seconds, 60);
      names.push_back(time.name);
    }
    return names;
  }
};

std::vector<std::string> all_names(bool with_optional) {
  std::vector<std::string> names;
  for (const Pass& pass : pipeline()) {
    if (with_optional || !pass.is_optional) names.push_back(pass.name);
  }
  return names;
}

/// The warnings that `call` logs.
std::vector<std::string> warnings_of(const std::function<void()>& call) {
  std::vector<std::string> lines;
  const LogLevel level_before = log_level();
  set_log_level(LogLevel::kInfo);
  set_log_sink([&lines](LogLevel level, const std::string& line) {
    if (level == LogLevel::kWarning) lines.push_back(line);
  });
  call();
  set_log_sink({});
  set_log_level(level_before);
  return lines;
}

TEST_F(Pipeline, NamesArePairwiseDifferent) {
  const std::vector<std::string> names = all_names(true);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST_F(Pipeline, TimesEveryPassInOrder) { EXPECT_EQ(names_run(""), all_names(true)); }

TEST_F(Pipeline, SkipsThePassesThatAreSwitchedOff) {
  std::vector<std::string> expected = all_names(true);
  std::erase(expected, "simplify");
  std::erase(expected, "fuse_reductions");
  EXPECT_EQ(names_run("simplify,fuse_reductions"), expected);
  EXPECT_EQ(names_run("all"), all_names(false));
}

TEST_F(Pipeline, WarnsOnceOfANameThatSwitchesNothingOff) {
  const std::vector<std::string> lines = warnings_of([&] {
    EXPECT_EQ(names_run("simplfy"), all_names(true));
    names_run("simplfy");
    EXPECT_EQ(names_run("schedule"), all_names(true));
    names_run("simplify,all");
  });
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0].find("RECKON_DISABLE_PASS names \"simplfy\""), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("fold_constants"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("\"schedule\""), std::string::npos) << lines[1];
}

TEST_F(Pipeline, PrintsTheFunctionAfterEachPass) {
  Plan plan = plan_of({exp(placeholder(kFloat32, {4}, "x")) * 1});
  setenv("RECKON_DEBUG", "ir", 1);
  ::testing::internal::CaptureStderr();
  run_pipeline(plan, context_of(plan));
  const std::string text = ::testing::internal::GetCapturedStderr();
  unsetenv("RECKON_DEBUG");
  size_t at = text.find("after tracing: function");
  EXPECT_NE(at, std::string::npos);
  for (const Pass& pass : pipeline()) {
    at = text.find(std::string("after ") + pass.name + ": function", at);
    ASSERT_NE(at, std::string::npos) << pass.name;
  }
  EXPECT_NE(text.find("pipeline_test.cc:"), std::string::npos);
}

TEST_F(Pipeline, PrintsNothingUnasked) {
  Plan plan = plan_of({exp(placeholder(kFloat32, {4}, "x"))});
  setenv("RECKON_DEBUG", "first", 1);
  ::testing::internal::CaptureStderr();
  run_pipeline(plan, context_of(plan));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  unsetenv("RECKON_DEBUG");
}

}  // namespace pipeline_test
}  // namespace reckon::passes
