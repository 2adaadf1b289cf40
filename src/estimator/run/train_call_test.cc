// SPDX-License-Identifier: Apache-2.0
// train(): counting steps, what is written when, the order of hooks, and what an error leaves
// behind. Names carry the ids of the Estimator's contract.
#include <cmath>

#include "base/file_system.h"
#include "estimator/checkpoint/fixture_testing.h"
#include "estimator/small_model_testing.h"
#include "formats/checkpoint_state.h"

namespace reckon::estimator {
namespace train_call_test {

struct CountingListener : SavingListener {
  int begins = 0, ends = 0;
  std::vector<int64_t> before, after;
  int64_t stop_at = -1;
  void begin() override { ++begins; }
  void before_save(int64_t step) override { before.push_back(step); }
  bool after_save(int64_t step) override {
    after.push_back(step);
    return step == stop_at;
  }
  void end(int64_t) override { ++ends; }
};

TEST(Train, A1_TheLineOfTheSeedProgramsHasTheStatedLossesAndWeights) {
  Estimator estimator(line_model, {.config = in_memory()});
  struct Row {
    int64_t steps;
    double weight, bias, loss, rmse;
  };
  const Row rows[] = {{0, 0, 0, 7.8175, 2.795979},
                      {1, 0.153, 0.0515, 5.42899225, 2.330020},
                      {2, 0.280475, 0.09432, 3.7716494645875, 1.942073},
                      {10, 0.769570055, 0.256433081, 0.216707339, 0.465518},
                      {100, 0.929360279, 0.269485701, 0.013134407, 0.114605},
                      {1000, 0.967264835, 0.158041718, 0.010760801, 0.103734}};
  for (const Row& row : rows) {
    if (row.steps > 0) estimator.train(forever(), {.max_steps = row.steps});
    const EvalResult result = estimator.evaluate(once());
    EXPECT_NEAR(value_of(estimator, "weight"), row.weight, 2e-6) << row.steps;
    EXPECT_NEAR(value_of(estimator, "bias"), row.bias, 2e-6) << row.steps;
    EXPECT_NEAR(result.get<double>("loss"), row.loss, 2e-6) << row.steps;
    EXPECT_NEAR(result.get<double>("rmse"), row.rmse, 2e-6) << row.steps;
    EXPECT_EQ(result.global_step(), row.steps);
  }
}

TEST(Train, TRN_2_StepsAndMaxStepsAreChecked) {
  Estimator estimator(line_model, {.config = in_memory()});
  expect_error([&] { estimator.train(forever(), {.steps = 1, .max_steps = 1}); },
               ErrorCode::kInvalidArgument,
               "[train] steps is 1 and max_steps is 1; can not provide both; leave one out");
  expect_error([&] { estimator.train(forever(), {.steps = 0}); },
               "steps is 0; must specify steps > 0");
  expect_error([&] { estimator.train(forever(), {.max_steps = -3}); },
               "max_steps is -3; must specify max_steps > 0");
  EXPECT_EQ(estimator.stats().input_fn_calls, 0);
}

TEST(Train, TRN_3_StepsCountThisCallOnly) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 3}).train(forever(), {.steps = 4});
  EXPECT_EQ(step_of(estimator), 7);
  estimator.train(once(1));
  EXPECT_EQ(step_of(estimator), 11) << "without a limit the data end the call";
}

TEST(Train, TRN_4_NothingIsCalledOrWrittenIfMaxStepsIsReached) {
  const TemporaryDirectory directory;
  {
    Estimator(line_model, {.model_dir = directory.path(), .config = saving()})
        .train(forever(), {.max_steps = 5});
  }
  const auto before = files_in(directory.path());
  int input_calls = 0;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  LogCapture log;
  estimator.train([&] { return ++input_calls, forever()(); }, {.max_steps = 5});
  EXPECT_EQ(input_calls, 0);
  EXPECT_EQ(estimator.stats().model_fn_calls(), 0);
  EXPECT_EQ(log.count("max_steps = 5 is reached already (step 5)"), 1);
  EXPECT_EQ(files_in(directory.path()), before);
}

TEST(Train, TRN_5_MaxStepsCountsAllCalls) {
  Estimator by_steps(line_model, {.config = in_memory()});
  by_steps.train(forever(), {.steps = 5}).train(forever(), {.steps = 5});
  EXPECT_EQ(step_of(by_steps), 10);
  Estimator by_target(line_model, {.config = in_memory()});
  by_target.train(forever(), {.max_steps = 5}).train(forever(), {.max_steps = 5});
  EXPECT_EQ(step_of(by_target), 5);
}

TEST(Train, TRN_6_ReturnsItselfAndLogsTheLastLoss) {
  Estimator estimator(line_model, {.config = in_memory()});
  LogCapture log;
  EXPECT_EQ(&estimator.train(forever(), {.steps = 1}), &estimator);
  EXPECT_EQ(log.count("Loss for final step: 7.8175."), 1) << log.text();
}

TEST(Train, TRN_7_ANullHookIsRefused) {
  Estimator estimator(line_model, {.config = in_memory()});
  expect_error([&] { estimator.train(forever(), {.steps = 1, .hooks = {nullptr}}); },
               "[hooks] a hook is null");
}

TEST(Train, TRN_8_ListenersNeedASaver) {
  Estimator estimator(line_model, {.config = in_memory()});
  expect_error(
      [&] {
        estimator.train(forever(),
                        {.steps = 1, .saving_listeners = {std::make_shared<CountingListener>()}});
      },
      "saving_listeners came, but RunConfig::save_checkpoints is false");
}

TEST(Train, TRN_8_WithoutCheckpointsTheOnlyFileIsTheEventFile) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = 1;
  Estimator(line_model, {.config = config}).train(forever(), {.steps = 2});
  const auto files = files_in(directory.path());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(files.begin()->starts_with("events.out.tfevents."));
}

TEST(Train, TRN_12_AUserHookStillRunsOnTheStepThatBecameNaN) {
  Estimator estimator(line_model, {.config = in_memory()});
  const Array bad = Array::from<float>({NAN, 1, 1, 1}, {4, 1});
  int64_t seen = -1;
  expect_error(
      [&] {
        estimator.train(
            [&] {
              return Dataset::from_arrays({{"x", line_x()}}, bad).batch(4);
            },
            {.hooks = {after_each([&](RunContext& context) { seen = context.global_step(); })}});
      },
      ErrorCode::kNonFinite,
      "[train] NaN loss during training: the loss is nan at step 1, and the label of its ");
  EXPECT_EQ(seen, 1);
}

TEST(Train, TRN_15_SavesAtTheStartAtEachTimerHitAndAtTheEnd) {
  const TemporaryDirectory directory;
  const auto listener = std::make_shared<CountingListener>();
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(10)});
  estimator.train(forever(), {.steps = 26, .saving_listeners = {listener}});
  const std::vector<int64_t> saves = {0, 10, 20, 26};
  EXPECT_EQ(listener->before, saves);
  EXPECT_EQ(listener->after, saves);
  EXPECT_EQ(listener->begins, 1);
  EXPECT_EQ(listener->ends, 1);
  EXPECT_EQ(estimator.stats().checkpoints_written, 4);
}

TEST(Train, TRN_15_AnEndThatTheTimerHasSavedIsNotSavedAgain) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(5)});
  estimator.train(forever(), {.steps = 10});
  EXPECT_EQ(estimator.stats().checkpoints_written, 3);
}

TEST(Train, TRN_16_TheListIsRelativeSoThatADirectoryMayMove) {
  const TemporaryDirectory directory;
  const std::string first = directory.file("a"), second = directory.file("b");
  {
    Estimator(line_model, {.model_dir = first, .config = saving()}).train(forever(), {.steps = 5});
  }
  EXPECT_EQ(listed_checkpoints(first), (std::vector<std::string>{"model.ckpt-0", "model.ckpt-5"}));
  std::filesystem::rename(first, second);
  Estimator moved(line_model, {.model_dir = second, .config = saving()});
  moved.train(forever(), {.steps = 1});
  EXPECT_EQ(moved.latest_checkpoint(), second + "/model.ckpt-6");
}

TEST(Train, TRN_17_ResumeRestoresAllVariablesAndSlots) {
  const TemporaryDirectory directory;
  const auto with_momentum = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor prediction = features["x"] * variable("weight", zeros({1}));
    const Tensor loss = losses::mean_squared_error(labels, prediction);
    return {.predictions = prediction,
            .loss = loss,
            .train_op = optimizers::momentum({.learning_rate = 0.01}).minimize(loss)};
  };
  Estimator unbroken(with_momentum, {.config = in_memory()});
  unbroken.train(forever(), {.steps = 6});
  {
    Estimator(with_momentum, {.model_dir = directory.path(), .config = saving()})
        .train(forever(), {.steps = 3});
  }
  Estimator resumed(with_momentum, {.model_dir = directory.path(), .config = saving()});
  resumed.train(forever(), {.steps = 3});
  EXPECT_EQ(value_of(resumed, "weight/Momentum"), value_of(unbroken, "weight/Momentum"));
  EXPECT_EQ(value_of(resumed, "weight"), value_of(unbroken, "weight"));
}

TEST(Train, TRN_18_AnEmptyInputMakesNoStepsAndWarns) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  LogCapture log;
  estimator.train([] {
    return Dataset::from_arrays({{"x", line_x()}}, line_y()).take(0).batch(2);
  });
  EXPECT_EQ(log.count("training made no steps: the input gave no batch", LogLevel::kWarning), 1);
  EXPECT_EQ(listed_checkpoints(directory.path()), (std::vector<std::string>{"model.ckpt-0"}));
}

TEST(Train, SaveOnReturnFalseWritesNothingAndTheTimerRunsOnAcrossCalls) {
  const TemporaryDirectory directory;
  RunConfig config = saving(10);
  config.save_on_return = false;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  for (int call = 0; call < 3; ++call) estimator.train(forever(), {.steps = 3});
  EXPECT_EQ(estimator.stats().checkpoints_written, 0);
  estimator.train(forever(), {.steps = 3});
  EXPECT_EQ(estimator.stats().checkpoints_written, 1);
  EXPECT_EQ(estimator.latest_checkpoint(), directory.file("model.ckpt-10"));
}

TEST(Train, AnErrorLeavesTheNewestCheckpointOrTheInitialValues) {
  const TemporaryDirectory directory;
  const auto fail_at = [](int64_t step) {
    return after_each([step](RunContext& context) {
      if (context.global_step() == step) throw std::runtime_error("enough");
    });
  };
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(5)});
  LogCapture log;
  EXPECT_THROW(estimator.train(forever(), {.steps = 20, .hooks = {fail_at(8)}}),
               std::runtime_error);
  EXPECT_EQ(
      log.count("the training ended with an error: the next use starts from the newest checkpoint"),
      1);
  EXPECT_EQ(estimator.evaluate(once()).global_step(), 5);
  Estimator unsaved(line_model, {.config = in_memory()});
  EXPECT_THROW(unsaved.train(forever(), {.steps = 20, .hooks = {fail_at(8)}}), std::runtime_error);
  EXPECT_EQ(unsaved.evaluate(once()).global_step(), 0);
  EXPECT_NEAR(unsaved.evaluate(once()).get<double>("loss"), 7.8175, 1e-6);
}

TEST(Train, SummariesAndTimersBeginAgainAfterAnError) {
  const TemporaryDirectory directory;
  RunConfig config = saving(4);
  config.save_on_return = false;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  const auto failing = after_each([](RunContext& context) {
    if (context.global_step() == 3) throw std::runtime_error("enough");
  });
  EXPECT_THROW(estimator.train(forever(), {.hooks = {failing}}), std::runtime_error);
  estimator.train(forever(), {.steps = 4});
  EXPECT_EQ(estimator.latest_checkpoint(), directory.file("model.ckpt-4"));
}

TEST(Train, HB_9_ALossThatIsInfiniteOrNaNMayStopWithAWarningAndIsNeverSaved) {
  const TemporaryDirectory directory;
  RunConfig config = saving(1);
  config.fail_on_nan_loss = false;
  const Array bad = Array::from<float>({1.1f, 2.2f, INFINITY, 4.1f}, {4, 1});
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  LogCapture log;
  estimator.train([&] { return Dataset::from_arrays({{"x", line_x()}}, bad).batch(1); });
  EXPECT_EQ(log.count("the loss is inf at step 3, and the label of its batch holds inf in row 0: "
                      "training stops",
                      LogLevel::kWarning),
            1)
      << log.text();
  EXPECT_EQ(estimator.latest_checkpoint(), directory.file("model.ckpt-2"));
  EXPECT_EQ(estimator.evaluate(once()).global_step(), 2)
      << "the weights are those of the newest checkpoint";
  EXPECT_TRUE(std::isfinite(value_of(estimator, "weight")));
}

TEST(Train, HB_14_AListenerMayStopTheTraining) {
  const TemporaryDirectory directory;
  const auto listener = std::make_shared<CountingListener>();
  listener->stop_at = 4;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(2)});
  estimator.train(forever(), {.steps = 10, .saving_listeners = {listener}});
  EXPECT_EQ(step_of(estimator), 4);
}

TEST(Train, AHookMaySaveACheckpointUnlessNothingIsSaved) {
  const TemporaryDirectory directory;
  const auto save_at_3 = after_each([](RunContext& context) {
    if (context.global_step() == 3) context.save_checkpoint();
  });
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  estimator.train(forever(), {.steps = 5, .hooks = {save_at_3}});
  EXPECT_EQ(listed_checkpoints(directory.path()),
            (std::vector<std::string>{"model.ckpt-0", "model.ckpt-3", "model.ckpt-5"}));
  Estimator unsaved(line_model, {.config = in_memory()});
  expect_error([&] { unsaved.train(forever(), {.steps = 5, .hooks = {save_at_3}}); },
               ErrorCode::kFailedPrecondition,
               "[save_checkpoint] RunConfig::save_checkpoints is false");
}

TEST(Train, TRN_3_AsManyStepsAsThereAreNumbersEndWithTheData) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path()});
  estimator.train(forever(), {.steps = 1});
  estimator.train(once(), {.steps = INT64_MAX});
  EXPECT_EQ(estimator.evaluate(once()).global_step(), 2);
}

TEST(Train, F12_AnotherEstimatorMayTrainBetweenTwoCalls) {
  const TemporaryDirectory directory;
  Estimator first(line_model, {.model_dir = directory.path()});
  Estimator second(line_model, {.model_dir = directory.path()});
  first.train(forever(), {.steps = 2});
  second.train(forever(), {.steps = 3});
  EXPECT_EQ(second.evaluate(once()).global_step(), 5);
}

}  // namespace train_call_test
}  // namespace reckon::estimator
