// SPDX-License-Identifier: Apache-2.0
// The hooks that users make (HB-2, HB-7): stop at a step, log values, call a function now and then.
#include <reckon/hooks.h>

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace hooks_test {

TEST(StopAtStep, HB_2_TakesExactlyOneOfNumStepsAndLastStep) {
  expect_error(
      [] { (void)hooks::stop_at_step({}); }, ErrorCode::kInvalidArgument,
      "[stop_at_step] num_steps is 0 and last_step is 0; give exactly one that is positive");
  expect_error([] { (void)hooks::stop_at_step({.num_steps = 1, .last_step = 1}); },
               "num_steps is 1 and last_step is 1");
  expect_error([] { (void)hooks::stop_at_step({.num_steps = -1}); }, "num_steps is -1");
}

TEST(StopAtStep, HB_2_CountsTheStepsOfTheCallOrOfAllCalls) {
  Estimator estimator(line_model, {.config = in_memory()});
  const HookPtr three_more = hooks::stop_at_step({.num_steps = 3});
  estimator.train(forever(), {.hooks = {three_more}});
  EXPECT_EQ(step_of(estimator), 3);
  estimator.train(forever(), {.hooks = {three_more}});
  EXPECT_EQ(step_of(estimator), 6) << "one hook serves several calls";
  estimator.train(forever(), {.hooks = {hooks::stop_at_step({.last_step = 8})}});
  EXPECT_EQ(step_of(estimator), 8);
  const SilentLog silent;
  estimator.train(forever(), {.hooks = {hooks::stop_at_step({.last_step = 8})}});
  EXPECT_EQ(step_of(estimator), 8) << "no step is made that was not asked for";
  estimator.train(forever(), {.steps = 2, .hooks = {hooks::stop_at_step({.last_step = 99})}});
  EXPECT_EQ(step_of(estimator), 10) << "the nearer limit counts";
}

TEST(Logging, HB_7_LogsTheFirstIterationAndThenEveryNth) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 10});
  LogCapture log;
  const HookPtr hook = hooks::logging({"global_step", "weight"}, {.every_n_iter = 3});
  estimator.train(forever(), {.steps = 7, .hooks = {hook}});
  EXPECT_EQ(log.count("global_step = "), 3) << log.text();
  EXPECT_EQ(log.count("weight = "), 3);
  for (const char* step : {"10", "13", "16"}) {
    EXPECT_EQ(log.count("global_step = " + std::string(step) + ", weight = 0."), 1) << log.text();
  }
  LogCapture second;
  estimator.train(forever(), {.steps = 1, .hooks = {hook}});
  EXPECT_EQ(second.count("weight = "), 1) << "its own iterations, anew in each call";
}

TEST(Logging, HB_7_AFormatterReplacesTheLineAndAtEndLogsOnceMore) {
  Estimator estimator(line_model, {.config = in_memory()});
  LogCapture log;
  const auto formatter = [](const std::vector<std::pair<std::string, Array>>& values) {
    return "step " + std::to_string(values.at(0).second.item<int64_t>()) + " of " + values[0].first;
  };
  estimator.train(
      forever(),
      {.steps = 5,
       .hooks = {hooks::logging({"global_step"},
                                {.every_n_iter = 4, .at_end = true, .formatter = formatter})}});
  EXPECT_EQ(log.count("step 0 of global_step"), 1) << log.text();
  EXPECT_EQ(log.count("step 4 of global_step"), 2) << "its fifth iteration, and the end";
}

TEST(Logging, HB_7_IntervalsMustBePositive) {
  expect_error([] { (void)hooks::logging({"loss"}, {.every_n_iter = 0}); },
               "[logging] every_n_iter is 0, expected at least 1");
  expect_error([] { (void)hooks::every_n_iterations(-2, [](RunContext&) {}); },
               "[every_n_iterations] every_n_iter is -2, expected at least 1");
}

TEST(EveryNIterations, CallsAfterEveryNth) {
  Estimator estimator(line_model, {.config = in_memory()});
  std::vector<int64_t> seen;
  const HookPtr hook = hooks::every_n_iterations(
      3, [&](RunContext& context) { seen.push_back(context.iteration()); });
  estimator.train(forever(), {.steps = 8, .hooks = {hook}});
  estimator.train(forever(), {.steps = 3, .hooks = {hook}});
  EXPECT_EQ(seen, (std::vector<int64_t>{3, 6, 3}));
}

TEST(StopAtStep, SaysThatTheInputEndedBeforeIt) {
  const LogCapture log;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(once(2), {.hooks = {hooks::stop_at_step({.num_steps = 100})}});
  EXPECT_EQ(log.count("[stop_at_step] the input ended at step 2, before step 100; add .repeat()",
                      LogLevel::kWarning),
            1);
  estimator.train(forever(), {.hooks = {hooks::stop_at_step({.last_step = 2})}});
  EXPECT_EQ(log.count("[stop_at_step] global_step is 2, and last_step 2 is reached"), 1);
}

TEST(StopAtStep, SaysNothingOfAnInputThatGoesOnOrOfCallsThatMakeNoStep) {
  const LogCapture log;
  Estimator estimator(line_model, {.config = in_memory()});
  const HookList far = {hooks::stop_at_step({.last_step = 99})};
  estimator.train(forever(), {.steps = 2, .hooks = far});
  estimator.train(forever(), {.max_steps = 3, .hooks = far});
  estimator.train(forever(), {.hooks = {far[0], hooks::stop_at_step({.num_steps = 1})}});
  estimator.evaluate(once(2), {.hooks = far});
  for (const Prediction& row : estimator.predict(once(2), {.hooks = far})) (void)row;
  EXPECT_EQ(log.count("[stop_at_step]", LogLevel::kWarning), 0);
}

TEST(RunContext, KnowsWhetherTheInputHasEnded) {
  struct Asks : Hook {
    void end(RunContext& context) override { ended.push_back(context.input_ended()); }
    std::vector<bool> ended;
  };
  const SilentLog silent;
  const auto asks = std::make_shared<Asks>();
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(once(2), {.hooks = {asks}});
  estimator.train(once(2), {.steps = 2, .hooks = {asks}});
  estimator.evaluate(once(2), {.hooks = {asks}});
  estimator.evaluate(once(2), {.steps = 1, .hooks = {asks}});
  for (const Prediction& row : estimator.predict(once(2), {.hooks = {asks}})) (void)row;
  EXPECT_EQ(asks->ended, (std::vector<bool>{true, false, true, false, true}));
}

}  // namespace hooks_test
}  // namespace reckon::estimator
