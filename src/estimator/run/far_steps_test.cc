// SPDX-License-Identifier: Apache-2.0
// H3: sums of a step and a user's number near the ends of int64, of small steps and of large ones.
#include <cmath>

#include "estimator/checkpoint/fixture_testing.h"
#include "estimator/files/written_events_testing.h"
#include "estimator/hooks/training_hooks.h"

namespace reckon::estimator {
namespace far_steps_test {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kFar = (int64_t{1} << 62) + 1;  // no double holds it

/// A model_dir whose checkpoint says that so many steps were made.
class FarSteps : public testing::Test {
 protected:
  void save_at(int64_t step) {
    CheckpointStore store(directory_.path(), {});
    CheckpointContent content;
    content.step = step;
    content.tensors = {{"global_step", Array::scalar<int64_t>(step)},
                       {"weight", Array::from<float>({1}, {1})},
                       {"bias", Array::from<float>({0}, {1})}};
    save_now(store, content);
  }
  Estimator restored(RunConfig config) {
    config.model_dir = directory_.path();
    return Estimator(line_model, {.config = config});
  }
  TemporaryDirectory directory_;
};

TEST(StepTimer, H3_AVeryLongPeriodIsNotDueAgain) {
  for (const int64_t every : {kMost, kMost - 1, int64_t{1} << 62}) {
    StepTimer timer = StepTimer::every_steps(every);
    timer.trigger(every == kMost ? 1 : int64_t{1} << 62, 0);
    EXPECT_GE(timer.due_step(), kMost - 1) << every;
    EXPECT_FALSE(timer.is_due((int64_t{1} << 62) + 5, 0)) << every;
  }
}

TEST(StepTimer, H3_AnySecondsAreAPeriod) {
  for (const double seconds : {1e300, std::numeric_limits<double>::infinity()}) {
    StepTimer timer = StepTimer::every_seconds(seconds);
    timer.trigger(1, 1e9);
    EXPECT_FALSE(timer.is_due(2, 2e9)) << seconds;
    EXPECT_GE(timer.due_seconds(), 1e300) << seconds;
  }
}

TEST(SummarySaver, H3_SummariesEveryInt64MaxStepsAreThoseOfTheFirst) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = kMost;
  config.log_step_count_steps = kMost;
  Estimator estimator(line_model, {.config = config});
  LogCapture log;
  estimator.train(forever(), {.steps = 100});
  int summaries = 0;
  for (const auto& event : events_in(directory.path()))
    summaries += event.what == "summary" ? 1 : 0;
  EXPECT_EQ(summaries, 1);
  EXPECT_EQ(log.count("loss = "), 1) << log.text();
}

TEST(CheckpointSaver, H3_SavesEveryInt64MaxStepsAreThoseOfTheStartAndTheEnd) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(kMost)});
  estimator.train(forever(), {.steps = 10}).train(forever(), {.steps = 10});
  EXPECT_EQ(estimator.stats().checkpoints_written, 3) << "0, 10 and 20";
}

TEST(Hooks, H3_PeriodsOfInt64MaxIterationsComeOnceOrNever) {
  Estimator estimator(line_model, {.config = in_memory()});
  int calls = 0;
  LogCapture log;
  estimator.train(forever(),
                  {.steps = 20,
                   .hooks = {hooks::every_n_iterations(kMost, [&](RunContext&) { ++calls; }),
                             hooks::every_n_iterations(kMost - 1, [&](RunContext&) { ++calls; }),
                             hooks::logging({"loss"}, {.every_n_iter = kMost}),
                             hooks::stop_at_step({.num_steps = kMost}),
                             hooks::stop_at_step({.last_step = kMost})}});
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(log.count("loss = "), 1) << log.text();
  EXPECT_EQ(step_of(estimator), 20);
  estimator.train(forever(), {.steps = 2, .hooks = {hooks::stop_at_step({.num_steps = kMost})}});
  EXPECT_EQ(step_of(estimator), 22) << "num_steps from step 20 on";
}

TEST(Train, H3_TheMostStepsThereAreGoOnUntilTheDataEnd) {
  Estimator estimator(line_model, {.config = in_memory()});
  LogCapture log;
  estimator.train(once(1), {.steps = 1});
  estimator.train(once(1), {.steps = kMost});
  EXPECT_EQ(step_of(estimator), 5);
  estimator.train(once(1), {.max_steps = kMost});
  EXPECT_EQ(step_of(estimator), 9);
  const EvalResult result = estimator.evaluate(once(1), {.steps = kMost});
  EXPECT_EQ(result.global_step(), 9);
}

TEST_F(FarSteps, H3_TrainingGoesOnFromBeyond2To62) {
  save_at(kFar);
  RunConfig config = saving(3);
  config.save_summary_steps = 4;
  config.log_step_count_steps = 5;
  Estimator estimator = restored(config);
  LogCapture log;
  estimator.train(forever(), {.steps = 10});
  EXPECT_EQ(step_of(estimator), kFar + 10);
  // The start is on disk; then every third step and the end.
  EXPECT_EQ(estimator.stats().checkpoints_written, 4);
  EXPECT_EQ(log.count("loss = "), 2);
  EXPECT_EQ(log.count("global_step/sec: "), 1);
  EXPECT_EQ(estimator.evaluate(once()).get<int64_t>("global_step"), kFar + 10) << "no digit lost";
  Estimator next = restored(config);
  next.train(forever(), {.max_steps = kFar + 12});
  EXPECT_EQ(step_of(next), kFar + 12);
}

TEST_F(FarSteps, H3_AStepOf19DigitsIsReadFromACheckpointsName) {
  save_at(kFar);
  Estimator estimator = restored(saving());
  int calls = 0;
  LogCapture log;
  estimator.train(
      [&calls] {
        ++calls;
        return forever()();
      },
      {.max_steps = kFar});
  EXPECT_EQ(calls, 0) << "TRN-4: nobody is called";
  EXPECT_EQ(log.count("is reached already (step " + std::to_string(kFar)), 1) << log.text();
}

TEST_F(FarSteps, H3_TheLastStepsBeforeTheEndOfInt64AreMade) {
  save_at(kMost - 3);
  {
    Estimator estimator = restored(saving(1));
    LogCapture log;
    const HookPtr stop = hooks::stop_at_step({.num_steps = 100});
    estimator.train(forever(), {.steps = 1000, .hooks = {stop}});
    EXPECT_EQ(step_of(estimator), kMost);
  }
  Estimator estimator = restored(saving(1));
  expect_error([&] { estimator.train(forever(), {.steps = 1}); }, ErrorCode::kInvalidArgument,
               "[train] global_step is 9223372036854775807, the largest there is, so that no step "
               "can be made; use a new model_dir");
}

TEST_F(FarSteps, H3_OptimizersAndSchedulesTakeFarSteps) {
  const auto rate_at = [](int64_t step, const Schedule& schedule) {
    Graph graph;
    const GraphScope scope(graph);
    return evaluate_now(schedule.at(Operand(Array::scalar<int64_t>(step)).resolve())).item<float>();
  };
  for (const int64_t step : {kFar, kMost}) {
    EXPECT_EQ(rate_at(step, schedules::exponential_decay({.initial = 1, .decay_steps = 10})), 0);
    EXPECT_EQ(rate_at(step, schedules::exponential_decay(
                                {.initial = 1, .decay_steps = 10, .staircase = true})),
              0);
    EXPECT_NEAR(rate_at(step, schedules::cosine_decay({.initial = 1, .alpha = 0.25})), 0.25, 1e-6);
    EXPECT_NEAR(rate_at(step, schedules::cosine_decay({.initial = 1, .decay_steps = kMost})),
                step == kMost ? 0 : 0.5, 1e-6);
  }
  EXPECT_NEAR(rate_at(5, schedules::exponential_decay({.initial = 1, .decay_steps = kMost})), 1,
              1e-6);
}

TEST(RunConfig, H3_AnyNumberOfSecondsAndHoursTrains) {
  for (const double number : {1e-320, 1e300, std::numeric_limits<double>::max(),
                              std::numeric_limits<double>::infinity()}) {
    const TemporaryDirectory directory;
    RunConfig config = saving();
    config.save_checkpoints_steps = {};
    config.save_checkpoints_secs = number;
    config.keep_checkpoint_every_n_hours = number;
    config.keep_checkpoint_max = 1;
    Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
    estimator.train(forever(), {.steps = 3});
    EXPECT_EQ(estimator.stats().checkpoints_written, number < 1 ? 4 : 2) << number;
  }
  const auto refused = [](RunConfig config, const char* text) {
    expect_error([&] { Estimator(line_model, {.config = config}); }, ErrorCode::kInvalidArgument,
                 text);
  };
  refused({.save_checkpoints_secs = NAN}, "save_checkpoints_secs is nan, expected at least 0");
  refused({.save_checkpoints_secs = -1}, "save_checkpoints_secs is -1, expected at least 0");
  refused({.keep_checkpoint_every_n_hours = NAN}, "keep_checkpoint_every_n_hours is nan, expected");
}

}  // namespace far_steps_test
}  // namespace reckon::estimator
