// SPDX-License-Identifier: Apache-2.0
// Log levels, replaceable sinks, and the default one on stderr.
#include "base/logging.h"

#include "base/call_place.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace reckon::base {
namespace logging_test {

class Logging : public testing::Test {
 protected:
  void SetUp() override {
    set_log_level(LogLevel::kInfo);
    set_log_sink([this](LogLevel, const std::string& line) { lines_.push_back(line); });
  }
  void TearDown() override { set_log_sink({}); }

  std::vector<std::string> lines_;
};

TEST_F(Logging, DropsLinesBelowTheLevel) {
  log(LogLevel::kDebug, "a");
  log(LogLevel::kInfo, "b");
  set_log_level(LogLevel::kError);
  EXPECT_EQ(log_level(), LogLevel::kError);
  EXPECT_FALSE(is_logged(LogLevel::kWarning));
  log(LogLevel::kWarning, "c");
  log(LogLevel::kError, "d");
  set_log_level(LogLevel::kOff);
  log(LogLevel::kError, "e");
  EXPECT_EQ(lines_, (std::vector<std::string>{"b", "d"}));
}

TEST_F(Logging, LetsASinkReplaceItself) {
  set_log_sink([](LogLevel, const std::string&) { set_log_sink({}); });
  log(LogLevel::kInfo, "a");
  testing::internal::CaptureStderr();
  log(LogLevel::kInfo, "to stderr");
  EXPECT_NE(testing::internal::GetCapturedStderr().find("to stderr"), std::string::npos);
}

TEST_F(Logging, GoesToStderrByDefaultAndTakesBracesAsTheyAre) {
  set_log_sink({});
  testing::internal::CaptureStderr();
  log(LogLevel::kWarning, "loss {} is 100%");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(text.ends_with(" warning loss {} is 100%\n")) << text;
}

TEST_F(Logging, LosesNoLineWhileASinkIsReplaced) {
  std::atomic<int> count = 0;
  const auto replace = [&] { set_log_sink([&](LogLevel, const std::string&) { ++count; }); };
  replace();
  std::thread writer([] {
    for (int i = 0; i < 1000; ++i) log(LogLevel::kInfo, "a");
  });
  for (int i = 0; i < 1000; ++i) replace();
  writer.join();
  EXPECT_EQ(count, 1000);
}

TEST_F(Logging, WarningsNameThePublicCall) {
  std::vector<std::string> lines;
  set_log_sink([&](LogLevel, const std::string& line) { lines.push_back(line); });
  {
    const CallPlace outer({"user/main.cc", 7});
    const CallPlace unknown({});
    log(LogLevel::kWarning, "the input ended");
    log(LogLevel::kInfo, "a step");
    warn("adam", "learning_rate is 0", {"model.cc", 3});
    {
      const CallPlace inner({"main.cc", 9});
      log(LogLevel::kError, "not written.");
      warn("train", "the input was empty");
    }
  }
  log(LogLevel::kWarning, "elsewhere");
  set_log_sink({});
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "the input ended. At main.cc:7", "a step",
                       "[adam] learning_rate is 0. At model.cc:3", "not written. At main.cc:9",
                       "[train] the input was empty. At main.cc:9", "elsewhere"}));
}

// Runs `action` in a fresh process of this program, where the environment is read anew.
void expect_level_from_environment(const char* text, LogLevel level, const char* stderr_text) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("RECKON_LOG", text, 1);
        std::exit(log_level() == level ? 0 : 1);
      },
      testing::ExitedWithCode(0), stderr_text);
}

TEST(LogLevelDeathTest, IsReadFromTheEnvironment) {
  expect_level_from_environment("error", LogLevel::kError, "");
  expect_level_from_environment("off", LogLevel::kOff, "");
}

TEST(LogLevelDeathTest, IsInfoWithAWarningForAnUnknownName) {
  expect_level_from_environment("loud", LogLevel::kInfo,
                                "RECKON_LOG is .loud., not debug, info, warning, error or off");
}

}  // namespace logging_test
}  // namespace reckon::base
