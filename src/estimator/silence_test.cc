// SPDX-License-Identifier: Apache-2.0
// Frictions 1, 2, 14 and 17: whatever ends early, starts from nothing or waits for the disk says so
// once, in one line, with the mend; and says nothing where there is nothing to say.
#include <cmath>

#include "estimator/checkpoint/fixture_testing.h"
#include "estimator/files/written_events_testing.h"

namespace reckon::estimator {
namespace silence_test {

// --- What ends early

TEST(EndsEarly, TrainingThatMakesFewerStepsThanAskedSaysHowMany) {
  Estimator estimator(line_model, {.config = in_memory()});
  LogCapture log;
  estimator.train(once(), {.steps = 1000});
  EXPECT_EQ(step_of(estimator), 1);
  EXPECT_EQ(log.count("the input ended after 1 of 1000 steps; add .repeat() to input_fn, or leave "
                      "steps out",
                      LogLevel::kWarning),
            1)
      << log.text();
  estimator.train(once(2), {.steps = 3});
  EXPECT_EQ(log.count("the input ended after 2 of 3 steps", LogLevel::kWarning), 1) << log.text();
}

TEST(EndsEarly, TrainingThatDoesNotReachMaxStepsSaysWhereItIs) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 3});
  LogCapture log;
  estimator.train(once(), {.max_steps = 10});
  EXPECT_EQ(log.count("the input ended at step 4, before max_steps = 10; add .repeat() to "
                      "input_fn, or leave max_steps out",
                      LogLevel::kWarning),
            1)
      << log.text();
}

TEST(EndsEarly, ATrainingThatDidWhatItWasAskedSaysNothing) {
  Estimator estimator(line_model, {.config = in_memory()});
  LogCapture log;
  estimator.train(once(1), {.steps = 4});
  estimator.train(once(1));
  estimator.train(once(1), {.max_steps = 12});
  estimator.train(once(1), {.steps = 100, .hooks = {hooks::stop_at_step({.num_steps = 2})}});
  estimator.train(once(1), {.steps = 100, .hooks = {hooks::stop_at_step({.num_steps = 4})}});
  EXPECT_EQ(log.count("input", LogLevel::kWarning), 0) << log.text();
}

TEST(EndsEarly, AnEvaluationOfFewerBatchesThanAskedSaysHowMany) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 1});
  LogCapture log;
  estimator.evaluate(once(2), {.steps = 10});
  EXPECT_EQ(
      log.count("the input ended after 2 of 10 batches, so that the results are of those; add "
                ".repeat() to input_fn, or leave steps out",
                LogLevel::kWarning),
      1)
      << log.text();
  estimator.evaluate(once(2), {.steps = 2});
  estimator.evaluate(once(2));
  estimator.evaluate(
      once(2),
      {.steps = 9, .hooks = {after_each([](RunContext& context) { context.request_stop(); })}});
  EXPECT_EQ(log.count("the input ended"), 1) << log.text();
}

// --- What starts from nothing

TEST(StartsFromNothing, PredictionOfAnUntrainedModelSaysSoOnce) {
  const TemporaryDirectory directory;
  const std::string typo = directory.file("typo");
  Estimator estimator(line_model, {.model_dir = typo, .config = saving()});
  LogCapture log;
  estimator.predict(features_only()).next();
  EXPECT_EQ(log.count("could not find a trained model in model_dir " + typo +
                          ": predicting with initial values; train first, or check model_dir",
                      LogLevel::kWarning),
            1)
      << log.text();
  estimator.predict(features_only()).next();
  estimator.evaluate(once());
  EXPECT_EQ(log.count("could not find a trained model"), 1) << "once";
  EXPECT_FALSE(std::filesystem::exists(typo));
}

TEST(StartsFromNothing, EvaluationOfAnUntrainedModelSaysSoAndMakesNoDirectory) {
  const TemporaryDirectory directory;
  const std::string typo = directory.file("typo");
  RunConfig config = saving();
  config.save_summary_steps = 100;
  Estimator estimator(line_model, {.model_dir = typo, .config = config});
  LogCapture log;
  EXPECT_EQ(estimator.evaluate(once()).global_step(), 0);
  EXPECT_EQ(log.count("model_dir " + typo + ": evaluating with initial values", LogLevel::kWarning),
            1)
      << log.text();
  EXPECT_FALSE(std::filesystem::exists(typo));
}

TEST(StartsFromNothing, EVL_9_InADirectoryThatIsThereUntrainedResultsAreWritten) {
  const TemporaryDirectory directory;
  RunConfig config = saving();
  config.save_summary_steps = 100;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  const SilentLog silent;
  estimator.evaluate(once());
  EXPECT_EQ(files_in(directory.file("eval")).size(), 1u);
}

TEST(StartsFromNothing, NothingIsSaidOfWeightsThatAreThere) {
  const TemporaryDirectory directory;
  const auto make = [&](const std::string& name) {
    return Estimator(line_model, {.model_dir = directory.file(name), .config = saving()});
  };
  LogCapture log;
  Estimator trained = make("a");
  trained.train(forever(), {.steps = 3});
  trained.evaluate(once());
  trained.predict(features_only()).next();
  make("a").predict(features_only()).next();
  make("a").evaluate(once());
  Estimator other = make("b");
  other.evaluate(once(), {.checkpoint_path = trained.latest_checkpoint()});
  other.predict(features_only(), {.checkpoint_path = trained.latest_checkpoint()}).next();
  Estimator in_memory_only(line_model, {.config = in_memory()});
  in_memory_only.train(forever(), {.steps = 1});
  in_memory_only.predict(features_only()).next();
  EXPECT_EQ(log.count("could not find"), 0) << log.text();
}

TEST(StartsFromNothing, AModelWithoutTrainableVariablesNeedsNoTraining) {
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor twice =
        features["x"] * variable("two", Array::from<float>({2}, {1}), {.trainable = false});
    return {.predictions = twice, .loss = losses::mean_squared_error(labels, twice)};
  };
  const TemporaryDirectory directory;
  RunConfig config = saving();
  config.save_summary_steps = 100;
  Estimator estimator(model, {.model_dir = directory.file("model"), .config = config});
  LogCapture log;
  estimator.predict(features_only()).next();
  estimator.evaluate(once());
  EXPECT_EQ(log.count("could not find"), 0) << log.text();
  EXPECT_TRUE(std::filesystem::exists(directory.file("model/eval")));
}

TEST(StartsFromNothing, WeightsThatAnErrorLostAreNewsAgain) {
  Estimator estimator(line_model, {.config = in_memory()});
  LogCapture log;
  estimator.evaluate(once());
  const HookPtr thrower = after_each([](RunContext&) { throw std::runtime_error("no"); });
  EXPECT_THROW(estimator.train(forever(), {.hooks = {thrower}}), std::runtime_error);
  estimator.evaluate(once());
  EXPECT_EQ(log.count("evaluating with initial values", LogLevel::kWarning), 2) << log.text();
}

TEST(StartsFromNothing, AnInterruptedTrainingOfOtherDataSaysHowToGoOn) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(1)});
  LogCapture log;
  const HookPtr thrower = after_each([](RunContext& context) {
    if (context.global_step() == 3) throw std::runtime_error("no");
  });
  EXPECT_THROW(estimator.train(forever(), {.hooks = {thrower}}), std::runtime_error);
  estimator.train(forever(2), {.steps = 1});
  EXPECT_EQ(log.count("the interrupted training read another input: this call reads its input from "
                      "the beginning; give input_fn what it was to go on where it was",
                      LogLevel::kWarning),
            1)
      << log.text();
}

// --- What waits for the disk, and what is saved

TEST(WaitsForTheDisk, ShortCallsInARowAreToldOnceHowNotToWait) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(1000)});
  LogCapture log;
  for (int i = 0; i < 20; ++i) estimator.train(forever(), {.steps = 1});
  EXPECT_EQ(log.count("5 train() calls in a row waited longer for their checkpoints than they "
                      "trained; RunConfig::save_on_return = false saves every 1000 steps alone"),
            1)
      << log.text();
}

TEST(WaitsForTheDisk, CallsThatSaveNothingOnReturnAreToldNothing) {
  const TemporaryDirectory directory;
  RunConfig config = saving(1000);
  config.save_on_return = false;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  LogCapture log;
  for (int i = 0; i < 20; ++i) estimator.train(forever(), {.steps = 1});
  EXPECT_EQ(log.count("waited longer"), 0) << log.text();
}

TEST(Saves, EachCheckpointIsSaidWithItsStep) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(2)});
  LogCapture log;
  estimator.train(forever(), {.steps = 3});
  for (const char* step : {"0", "2", "3"}) {
    EXPECT_EQ(log.count("saved step " + std::string(step) + " as " +
                        directory.file("model.ckpt-" + std::string(step))),
              1)
        << log.text();
  }
  EXPECT_EQ(log.count("saved step "), 3);
}

std::string first_training_of(RunConfig config, const std::string& model_dir) {
  Estimator estimator(line_model, {.model_dir = model_dir, .config = config});
  LogCapture log;
  estimator.train(forever(), {.steps = 1}).train(forever(), {.steps = 1});
  EXPECT_LE(log.count("training from step "), 1) << "once";
  return log.text();
}

TEST(Saves, TheFirstTrainingSaysWhatCtrlCLoses) {
  const TemporaryDirectory directory;
  const auto expect_said = [&](RunConfig config, const std::string& model,
                               const std::string& when) {
    const std::string text = first_training_of(config, directory.file(model));
    EXPECT_NE(text.find("training from step 0: " + directory.file(model) + " gets a checkpoint " +
                        when + "; Ctrl-C loses the steps after it"),
              std::string::npos)
        << text;
  };
  RunConfig config = saving(50);
  expect_said(config, "a", "every 50 steps and at the end");
  config.save_on_return = false;
  expect_said(config, "b", "every 50 steps");
  config.save_checkpoints_steps = {};
  expect_said(config, "c", "every 600 seconds");
  config.save_checkpoints_secs = 2.5;
  expect_said(config, "d", "every 2.5 seconds");
  config.save_checkpoints_secs = 0;
  expect_said(config, "e", "only when a hook asks for it");
  config.save_on_return = true;
  expect_said(config, "f", "at the end of train()");
  EXPECT_EQ(first_training_of(in_memory(), "").find("training from step"), std::string::npos);
}

TEST(Saves, ATemporaryDirectoryIsNamedWithWhatGoesThere) {
  const auto told = [](RunConfig config) {
    LogCapture log;
    const Estimator estimator(line_model, {.config = config});
    std::filesystem::remove_all(estimator.model_dir());
    return log.text();
  };
  const auto expect_told = [&](RunConfig config, const std::string& what) {
    const std::string text = told(config);
    EXPECT_NE(text.find("no model_dir was given: " + what + " go"), std::string::npos) << text;
  };
  expect_told({}, "checkpoints and events");
  expect_told({.save_summary_steps = 0}, "checkpoints");
  expect_told({.save_checkpoints = false}, "events");
  EXPECT_NE(told({.save_summary_steps = 0, .save_checkpoints = false})
                .find("RunConfig saves neither checkpoints nor events"),
            std::string::npos);
}

// --- Off

TEST(Off, ZeroAndUnsetTurnOffLogLinesAndSummaries) {
  for (const std::optional<int64_t> off : {std::optional<int64_t>(0), std::optional<int64_t>()}) {
    const TemporaryDirectory directory;
    RunConfig config = in_memory(directory.path());
    config.save_summary_steps = off.value_or(0);
    config.log_step_count_steps = off;
    Estimator estimator(line_model, {.config = config});
    LogCapture log;
    estimator.train(forever(), {.steps = 300});
    estimator.evaluate(once());
    EXPECT_EQ(log.count("loss = ") - log.count("evaluated"), 0) << log.text();
    EXPECT_EQ(log.count("global_step/sec"), 0);
    EXPECT_TRUE(files_in(directory.path()).empty());
  }
}

TEST(Off, ZeroStepsOrSecondsLeaveTheSavesAtTheStartAndTheEnd) {
  for (const bool by_steps : {true, false}) {
    const TemporaryDirectory directory;
    RunConfig config = saving();
    config.save_checkpoints_steps = by_steps ? std::optional<int64_t>(0) : std::nullopt;
    config.save_checkpoints_secs = by_steps ? std::nullopt : std::optional<double>(0);
    Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
    estimator.train(forever(), {.steps = 20});
    EXPECT_EQ(estimator.stats().checkpoints_written, 2);
  }
  RunConfig config = saving(0);
  config.save_checkpoints_secs = 60;
  config.keep_checkpoint_every_n_hours = 0;
  const TemporaryDirectory directory;
  Estimator(line_model, {.model_dir = directory.path(), .config = config});
}

TEST(Off, ZeroHoursKeepNoCheckpointForEver) {
  const TemporaryDirectory directory;
  RunConfig config = saving(1);
  config.keep_checkpoint_max = 1;
  config.keep_checkpoint_every_n_hours = 0;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  estimator.train(forever(), {.steps = 5});
  int indexes = 0;
  for (const std::string& name : files_in(directory.path())) indexes += name.ends_with(".index");
  EXPECT_EQ(indexes, 1);
}

// --- A loss that is no number

/// Trains on four rows, of which x or the label may hold `bad` in row 2.
void train_with(float bad_x, float bad_y, RunConfig config = in_memory()) {
  const InputFn input = [=] {
    return Dataset::from_arrays(
               {{"u", line_x()}, {"x", Array::from<float>({1, 2, bad_x, 4}, {4, 1})}},
               Array::from<float>({1, 2, bad_y, 4}, {4, 1}))
        .repeat()
        .batch(4);
  };
  Estimator(line_model, {.config = config}).train(input, {.steps = 5});
}

TEST(NonFiniteLoss, NamesTheFeatureOrTheLabelThatHoldsIt) {
  const SilentLog silent;
  const float inf = std::numeric_limits<float>::infinity();
  expect_error([] { train_with(NAN, 3); }, ErrorCode::kNonFinite,
               "[train] NaN loss during training: the loss is nan at step 1, and feature \"x\" of "
               "its batch holds nan in row 2; replace such values in input_fn, before the Dataset "
               "is made or in map(). At ");
  expect_error([&] { train_with(3, -inf); }, ErrorCode::kNonFinite,
               "[train] infinite loss during training: the loss is inf at step 1, and the label of "
               "its batch holds -inf in row 2; replace such values");
}

TEST(NonFiniteLoss, OfGoodDataSpeaksOfTheLearningRate) {
  const SilentLog silent;
  expect_error([] { train_with(1e30f, 3); }, ErrorCode::kNonFinite,
               "[train] infinite loss during training: the loss is inf at step 2; lower the "
               "learning rate, clip gradients, or look for a division or logarithm of zero");
}

TEST(NonFiniteLoss, AsAWarningNamesTheDataToo) {
  RunConfig config = in_memory();
  config.fail_on_nan_loss = false;
  LogCapture log;
  train_with(NAN, 3, config);
  EXPECT_EQ(
      log.count("the loss is nan at step 1, and feature \"x\" of its batch holds nan in row 2: "
                "training stops; replace such values",
                LogLevel::kWarning),
      1)
      << log.text();
}

}  // namespace silence_test
}  // namespace reckon::estimator
