// SPDX-License-Identifier: Apache-2.0
// What the steps of a call compile and hold: one program and one arena, whatever is logged and
// summarised of what a step gives anyway.
#include "estimator/run/step_loop.h"

#include "estimator/run/calls.h"
#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace step_loop_test {

constexpr int64_t kUnits = 1024, kRows = 16;

/// The network of workload W3: three dense layers of 1024 units, 1024 classes, Adam.
EstimatorSpec three_layers(const Features& features, const Tensor& labels) {
  const Tensor first = layers::dense(features["x"], {.units = kUnits, .activation = nn::relu});
  const Tensor second = layers::dense(first, {.units = kUnits, .activation = nn::relu});
  const Tensor logits = layers::dense(second, {.units = kUnits});
  const Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  return {.loss = loss, .train_op = optimizers::adam({.learning_rate = 1e-3}).minimize(loss)};
}

Dataset wide_rows() {
  std::vector<int64_t> labels(kRows);
  for (int64_t i = 0; i < kRows; ++i) labels[static_cast<size_t>(i)] = i;
  return Dataset::from_arrays({{"x", Array::zeros(kFloat32, {kRows, kUnits})}},
                              Array::from<int64_t>(labels, {kRows}))
      .repeat()
      .batch(kRows);
}

// F7: log lines and summaries asked for the loss, which the step gives anyway, and had the whole
// step compiled a second time, with a second arena beside the first.
TEST(StepLoop, F7_ADefaultTrainCallHasOneProgramAndOneArena) {
  const SilentLog silent;
  const TemporaryDirectory directory;
  RunConfig config;
  config.model_dir = directory.path();
  Engine engine(make_model_function(three_layers), {.config = config});
  run_training(engine, wide_rows, {.steps = 3});
  EXPECT_EQ(engine.programs.steps_compiled(), 1);
  EXPECT_EQ(engine.programs.variants.compiled(), 0);
  EXPECT_EQ(engine.programs.executions.idle_count(), 1u) << "each Execution owns an arena";
}

TEST(StepLoop, WhatAStepDoesNotGiveIsAVariantThatOnlyTheDueStepsRun) {
  Engine engine(make_model_function(line_model), {.config = in_memory()});
  const auto prediction = hooks::logging({"weight"}, {.every_n_iter = 2});
  const SilentLog silent;
  run_training(engine, forever(), {.steps = 5, .hooks = {prediction}});
  EXPECT_EQ(engine.programs.steps_compiled(), 1);
  EXPECT_EQ(engine.programs.variants.compiled(), 1);
}

/// Notes the order in which a call's hook sees its steps.
struct Order : Hook {
  std::string seen;
  void begin() override { seen += "begin "; }
  void after_create(RunContext& context) override {
    seen += "create" + std::to_string(context.iteration()) + " ";
  }
  int64_t next_due(int64_t iteration) override { return iteration + iteration % 2; }
  HookRequest before_run(RunContext& context) override {
    seen += "before" + std::to_string(context.iteration()) + " ";
    return {.names = {"weight"}};
  }
  void after_run(RunContext& context, const std::vector<Array>& values) override {
    seen +=
        "after" + std::to_string(context.iteration()) + ":" + std::to_string(values.size()) + " ";
  }
  void end(RunContext& context) override { seen += context.input_ended() ? "ended" : "end"; }
};

TEST(StepLoop, TrainEvaluateAndPredictShowTheirStepsToHooksAlike) {
  const SilentLog silent;
  Estimator estimator(line_model, {.config = in_memory()});
  const std::string want = "begin create0 before1 after2:1 before3 after4:1 ended";
  const InputFn four = [] { return once(1)(); };
  const auto trained = std::make_shared<Order>(), evaluated = std::make_shared<Order>(),
             predicted = std::make_shared<Order>();
  estimator.train(four, {.hooks = {trained}});
  EXPECT_EQ(trained->seen, want);
  estimator.evaluate(four, {.hooks = {evaluated}});
  EXPECT_EQ(evaluated->seen, want);
  for (const Prediction& row : estimator.predict(four, {.hooks = {predicted}}))
    EXPECT_TRUE(row.single().valid());
  EXPECT_EQ(predicted->seen, want);
}

}  // namespace step_loop_test
}  // namespace reckon::estimator
