// SPDX-License-Identifier: Apache-2.0
// The rules of tracing (CAL-1 … CAL-7): when model_fn is called, what is compiled, what is read and
// written, and that a thousand turns of train, evaluate and predict do not grow.
#include "base/bytes_in_use_testing.h"
#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace one_trace_test {

EstimatorSpec shared_model(const Features& features, const Tensor& labels) {
  const Tensor prediction =
      features["x"] * variable("weight", zeros({1})) + variable("bias", zeros({1}));
  const Tensor loss = losses::mean_squared_error(labels, prediction);
  return {.predictions = {{"predictions", prediction}},
          .loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = 0.01}).minimize(loss)};
}

/// train(1), evaluate(1), predict(1): the three in turn.
void turn(Estimator& estimator) {
  estimator.train(forever(), {.steps = 1});
  estimator.evaluate(once(), {.steps = 1});
  PredictionStream stream = estimator.predict(features_only());
  ASSERT_TRUE(stream.next().has_value());
}

/// Growth of the resident memory over `turns`, after a warm-up.
int64_t growth_over(Estimator& estimator, int turns) {
  for (int i = 0; i < 50; ++i) turn(estimator);
  const int64_t before = base::bytes_in_use();
  for (int i = 0; i < turns; ++i) turn(estimator);
  return base::bytes_in_use() - before;
}

constexpr int64_t kGrowth = 1 << 20;

TEST(OneTrace, AThousandTurnsTraceOncePerModeAndDoNotGrow) {
  const TemporaryDirectory directory;
  RunConfig config = saving();
  config.save_checkpoints_steps = {};
  config.save_on_return = false;
  const SilentLog silent;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  EXPECT_LT(growth_over(estimator, 950), kGrowth);
  const RunStats stats = estimator.stats();
  EXPECT_EQ(stats.model_fn_calls(), 3);
  for (Mode mode : {Mode::kTrain, Mode::kEvaluate, Mode::kPredict})
    EXPECT_EQ(stats.model_fn_calls(mode), 1);
  EXPECT_LE(stats.programs_compiled, 3);
  EXPECT_EQ(stats.checkpoints_read, 0);
  EXPECT_EQ(stats.checkpoints_written, 0);
  EXPECT_EQ(stats.input_fn_calls, 3000);
  EXPECT_EQ(step_of(estimator), 1000);
}

TEST(OneTrace, WithoutModeAThousandTurnsCallModelFnOnce) {
  const TemporaryDirectory directory;
  RunConfig config = saving();
  config.save_checkpoints_steps = {};
  config.save_on_return = false;
  const SilentLog silent;
  Estimator estimator(shared_model, {.model_dir = directory.path(), .config = config});
  EXPECT_LT(growth_over(estimator, 950), kGrowth);
  EXPECT_EQ(estimator.stats().model_fn_calls(), 1);
  EXPECT_EQ(estimator.stats().shared_calls, 1);
  EXPECT_LE(estimator.stats().programs_compiled, 3);
  EXPECT_EQ(estimator.stats().checkpoints_read, 0);
  EXPECT_EQ(estimator.stats().checkpoints_written, 0);
}

TEST(OneTrace, WithTheDefaultsTurnsReadNoCheckpointAndDoNotGrow) {
  const TemporaryDirectory directory;
  const SilentLog silent;
  Estimator estimator(line_model, {.model_dir = directory.path()});
  EXPECT_LT(growth_over(estimator, 50), kGrowth);
  const RunStats stats = estimator.stats();
  EXPECT_EQ(stats.model_fn_calls(), 3);
  EXPECT_LE(stats.programs_compiled, 3);
  EXPECT_EQ(stats.checkpoints_read, 0);
  EXPECT_EQ(stats.checkpoints_written, 101)
      << "one at the start of the first call, one at the end of each";
}

TEST(OneTrace, CAL_1_ConstructionTracesNothingAndTouchesNoFile) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("not/yet");
  const Estimator estimator(line_model, {.model_dir = path});
  EXPECT_EQ(estimator.stats().model_fn_calls(), 0);
  EXPECT_EQ(estimator.stats().input_fn_calls, 0);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(OneTrace, CAL_2_AnotherInputSignatureIsTracedAnewAndBatchSizesAreNot) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(4), {.steps = 1}).train(forever(2), {.steps = 1});
  EXPECT_EQ(estimator.stats().model_fn_calls(Mode::kTrain), 1);
  EXPECT_EQ(estimator.stats().programs_compiled, 2) << "one for each batch size";
  const InputFn wider = [] {
    return Dataset::from_arrays({{"x", line_x()}, {"z", line_x()}}, line_y()).repeat().batch(4);
  };
  estimator.train(wider, {.steps = 1});
  EXPECT_EQ(estimator.stats().model_fn_calls(Mode::kTrain), 2);
  EXPECT_EQ(step_of(estimator), 3) << "all traces share one set of weights";
}

TEST(OneTrace, CAL_2_TheFirstLabelledCallAfterAPredictionTracesOnceMore) {
  Estimator estimator(shared_model, {.config = in_memory()});
  for (int i = 0; i < 3; ++i) turn(estimator);
  EXPECT_EQ(estimator.stats().model_fn_calls(), 1);
  Estimator predicting(shared_model, {.config = in_memory()});
  ASSERT_TRUE(predicting.predict(features_only()).next().has_value());
  for (int i = 0; i < 3; ++i) turn(predicting);
  EXPECT_EQ(predicting.stats().model_fn_calls(), 2);
}

TEST(OneTrace, CAL_4_ACheckpointOfAnotherProcessIsReadOnce) {
  const TemporaryDirectory directory;
  Estimator trainer(line_model, {.model_dir = directory.path(), .config = saving()});
  Estimator evaluator(line_model, {.model_dir = directory.path(), .config = saving()});
  trainer.train(forever(), {.steps = 2});
  EXPECT_EQ(evaluator.evaluate(once()).global_step(), 2);
  EXPECT_EQ(evaluator.evaluate(once()).global_step(), 2);
  EXPECT_EQ(evaluator.stats().checkpoints_read, 1);
  trainer.train(forever(), {.steps = 3});
  EXPECT_EQ(evaluator.evaluate(once()).global_step(), 5);
  EXPECT_EQ(evaluator.stats().checkpoints_read, 2);
  EXPECT_EQ(trainer.stats().checkpoints_read, 0);
}

TEST(OneTrace, CAL_4_AnEvaluatorThatSavesNothingSeesNewCheckpointsToo) {
  const TemporaryDirectory directory;
  Estimator trainer(line_model, {.model_dir = directory.path(), .config = saving()});
  Estimator evaluator(line_model, {.config = in_memory(directory.path())});
  trainer.train(forever(), {.steps = 2});
  EXPECT_EQ(evaluator.evaluate(once()).global_step(), 2);
  trainer.train(forever(), {.steps = 3});
  EXPECT_EQ(evaluator.evaluate(once()).global_step(), 5);
}

TEST(OneTrace, CAL_4_AnEvaluationBeforeTheTrainingLosesNoSlots) {
  const TemporaryDirectory directory;
  const auto adam_model = [](const Features& features, const Tensor& labels,
                             Mode mode) -> EstimatorSpec {
    const Tensor prediction = features["x"] * variable("weight", zeros({1}));
    const Tensor loss = losses::mean_squared_error(labels, prediction);
    if (mode == Mode::kEvaluate) return {.mode = mode, .loss = loss};
    return {.mode = mode,
            .loss = loss,
            .train_op = optimizers::adam({.learning_rate = 0.05}).minimize(loss)};
  };
  Estimator unbroken(adam_model, {.config = in_memory()});
  unbroken.train(forever(), {.steps = 6});
  {
    Estimator(adam_model, {.model_dir = directory.path(), .config = saving()})
        .train(forever(), {.steps = 3});
  }
  Estimator resumed(adam_model, {.model_dir = directory.path(), .config = saving()});
  resumed.evaluate(once());
  resumed.train(forever(), {.steps = 3});
  EXPECT_EQ(value_of(resumed, "weight"), value_of(unbroken, "weight"));
  EXPECT_EQ(value_of(resumed, "weight/Adam_1"), value_of(unbroken, "weight/Adam_1"));
}

TEST(OneTrace, CAL_5_HooksBeginAndTheInputStartsInEveryCall) {
  struct Counting : Hook {
    int begins = 0, creates = 0, ends = 0;
    void begin() override { ++begins; }
    void after_create(RunContext&) override { ++creates; }
    void end(RunContext&) override { ++ends; }
  };
  const auto hook = std::make_shared<Counting>();
  const InputFn rows = [] { return Dataset::from_arrays({{"x", line_x()}}, line_y()).batch(1); };
  Estimator estimator(line_model, {.config = in_memory()});
  std::vector<float> losses;
  const auto record =
      hooks::logging({"loss"}, {.every_n_iter = 1, .formatter = [&](const auto& values) {
                                  losses.push_back(values[0].second.template at<float>(0));
                                  return std::string("x");
                                }});
  LogCapture log;
  for (int call = 0; call < 3; ++call) estimator.train(rows, {.steps = 1, .hooks = {hook, record}});
  EXPECT_EQ(hook->begins, 3);
  EXPECT_EQ(hook->creates, 3);
  EXPECT_EQ(hook->ends, 3);
  ASSERT_EQ(losses.size(), 3u);
  EXPECT_NEAR(losses[0], 1.21, 1e-5);
  EXPECT_LT(losses[1], losses[0]) << "the same first row again";
}

TEST(OneTrace, CAL_5_ListenersHearOfEveryStartButNoFileIsWrittenTwice) {
  struct Counting : SavingListener {
    int saves = 0;
    void before_save(int64_t) override { ++saves; }
  };
  const TemporaryDirectory directory;
  const auto listener = std::make_shared<Counting>();
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  for (int call = 0; call < 3; ++call) {
    estimator.train(forever(), {.steps = 1, .saving_listeners = {listener}});
  }
  EXPECT_EQ(listener->saves, 6);
  EXPECT_EQ(estimator.stats().checkpoints_written, 4);
}

TEST(OneTrace, CAL_6_RebuildCallsModelFnAgainAndKeepsWeightsAndOpenStreams) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 3});
  PredictionStream stream = estimator.predict(features_only(1));
  ASSERT_TRUE(stream.next().has_value());
  estimator.rebuild();
  estimator.train(forever(), {.steps = 1});
  EXPECT_EQ(estimator.stats().model_fn_calls(Mode::kTrain), 2);
  EXPECT_EQ(step_of(estimator), 4);
  int rows = 1;
  while (stream.next()) ++rows;
  EXPECT_EQ(rows, 4);
}

TEST(OneTrace, CAL_7_ReadingAValueInsideModelFnSaysWhenThereWillBeOne) {
  const auto premature = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    (void)labels;
    (void)features["x"].value();
    return {};
  };
  Estimator estimator(premature, {.config = in_memory()});
  expect_error([&] { estimator.train(forever(), {.steps = 1}); }, ErrorCode::kFailedPrecondition,
               "has no value while the graph is being built");
}

}  // namespace one_trace_test
}  // namespace reckon::estimator
