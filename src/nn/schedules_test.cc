// SPDX-License-Identifier: Apache-2.0
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/schedules.h>
#include <reckon/session.h>

#include "base/expect_error_testing.h"
#include "golden_cases.h"

namespace reckon::nn {
namespace schedules_test {

using base::expect_error;

class ScheduleGolden : public GoldenTest {};

Schedule schedule_of(const nlohmann::json& golden) {
  const nlohmann::json& attrs = golden["attrs"];
  if (golden["op"] == "v1.cosine_decay") {
    return schedules::cosine_decay({.initial = attrs["learning_rate"],
                                    .decay_steps = attrs["decay_steps"],
                                    .alpha = attrs.value("alpha", 0.0)});
  }
  return schedules::exponential_decay({.initial = attrs["learning_rate"],
                                       .decay_steps = attrs["decay_steps"],
                                       .decay_rate = attrs["decay_rate"],
                                       .staircase = attrs["staircase"]});
}

TEST_P(ScheduleGolden, RatesEqualTensorFlows) {
  const GoldenFamily golden_family = family("schedules");
  int checked = 0;
  for (const nlohmann::json& golden : golden_family.cases) {
    if (golden["op"] != "v1.cosine_decay" && golden["op"] != "v1.exponential_decay") continue;
    ++checked;
    Graph graph;
    const GraphScope scope(graph);
    const Tensor step = placeholder(kInt64, {});
    const Tensor rate = schedule_of(golden).at(step);
    EXPECT_EQ(rate.text(), "float32[]");
    Session session(graph);
    const Array steps = golden_family.array(golden["inputs"][0]),
                want = golden_family.array(golden["outputs"][0]);
    for (int64_t i = 0; i < steps.num_elements(); ++i) {
      const Array got = session.run(
          {.fetches = {rate}, .feeds = {{step, Array::scalar(steps.at<int64_t>(i))}}})[0];
      expect_golden(got, want.rows(i, i + 1), {}, golden["tol"]["rtol"], 1e-9, golden["name"]);
    }
  }
  EXPECT_EQ(checked, 4);
}

INSTANTIATE_TEST_SUITE_P(Golden, ScheduleGolden, ::testing::Bool(), golden_test_name);

TEST(Schedule, TakesAFunctionOfTheStep) {
  Graph graph;
  const GraphScope scope(graph);
  const Schedule schedule([](const Tensor& step) { return 1.0 / cast(step + 1, kFloat64); });
  EXPECT_EQ(evaluate_now(schedule.at(Operand(Array::scalar<int64_t>(3)).resolve())).item<float>(),
            0.25f);
}

TEST(Schedule, ANumberIsConstant) {
  EXPECT_TRUE(Schedule(0.5).is_constant());
  EXPECT_EQ(schedules::constant(0.25).constant(), 0.25);
}

TEST(Schedule, RefusesAFunctionThatGivesNoRate) {
  Graph graph;
  const GraphScope scope(graph);
  expect_error([] { Schedule([](const Tensor& step) { return step; }).at(global_step()); },
               "[schedule] the function gave int64[], expected a float32[]");
}

TEST(Schedule, RefusesOptionsWithoutMeaning) {
  expect_error([] { schedules::cosine_decay({.decay_steps = 0}); },
               "[cosine_decay] decay_steps is 0, expected 1");
  expect_error([] { schedules::exponential_decay({.decay_rate = 0}); },
               "[exponential_decay] decay_rate is 0");
}

}  // namespace schedules_test
}  // namespace reckon::nn
