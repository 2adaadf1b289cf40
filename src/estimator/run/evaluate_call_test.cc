// SPDX-License-Identifier: Apache-2.0
// evaluate(): which weights, how the loss and metrics are averaged, what is written. Names carry
// the ids of the Estimator's contract.
#include "estimator/files/written_events_testing.h"

namespace reckon::estimator {
namespace evaluate_call_test {

/// The loss is the mean of the feature, so that data say what must come out.
EstimatorSpec mean_model(const Features& features, const Tensor& labels) {
  const Tensor loss =
      reduce_mean(features["x"]) + 0.0f * reduce_sum(variable("weight", zeros({1})));
  return {.loss = loss,
          .train_op = optimizers::gradient_descent().minimize(loss),
          .eval_metrics = {{"average", metrics::mean(features["x"])},
                           {"mae", metrics::mean_absolute_error(labels, features["x"])},
                           {"plain", Metric(reduce_max(features["x"]))}}};
}

InputFn numbers(std::vector<float> values, int64_t batch) {
  return [=] {
    const Array column = Array::from<float>(values, {static_cast<int64_t>(values.size()), 1});
    return Dataset::from_arrays({{"x", column}}, Array::zeros(kFloat32, column.shape()))
        .batch(batch);
  };
}

TEST(Evaluate, AHookThatStopsItBeforeTheFirstBatchIsNamed) {
  struct Stopper : Hook {
    void after_create(RunContext& context) override { context.request_stop(); }
  };
  Estimator estimator(mean_model, {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once(), {.hooks = {std::make_shared<Stopper>()}}); },
               ErrorCode::kInvalidArgument,
               "[evaluate] a hook asked to stop after 0 batches, so there is nothing to report; "
               "ask in after_run.");
}

TEST(Evaluate, EVL_1_StepsMustBePositiveAndAnEmptyDataSetIsAnError) {
  Estimator estimator(mean_model, {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once(), {.steps = 0}); }, ErrorCode::kInvalidArgument,
               "[evaluate] steps is 0; must specify steps > 0");
  expect_error([&] { estimator.evaluate([] { return once()().take(0); }); },
               ErrorCode::kInvalidArgument,
               "[evaluate] the input gave no batch, expected at least one; check the files that ");
  EXPECT_EQ(estimator.evaluate(numbers({1, 2, 3}, 1), {.steps = 2}).get<double>("average"), 1.5);
}

TEST(Evaluate, EVL_2_WithoutACheckpointTheInitialValuesAreEvaluated) {
  Estimator estimator(line_model, {.config = in_memory()});
  const EvalResult result = estimator.evaluate(once());
  EXPECT_NEAR(result.get<double>("loss"), 7.8175, 1e-6);
  EXPECT_EQ(result.global_step(), 0);
}

TEST(Evaluate, EVL_2_EVL_14_ANamedCheckpointIsEvaluatedAndThePresentWeightsStay) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(10)});
  estimator.train(forever(), {.steps = 20});
  const EvalResult first =
      estimator.evaluate(once(), {.checkpoint_path = directory.file("model.ckpt-0")});
  EXPECT_NEAR(first.get<double>("loss"), 7.8175, 1e-6);
  EXPECT_EQ(first.global_step(), 0);
  const EvalResult tenth =
      estimator.evaluate(once(), {.checkpoint_path = directory.file("model.ckpt-10")});
  EXPECT_NEAR(tenth.get<double>("loss"), 0.216707339, 2e-6);
  EXPECT_EQ(estimator.evaluate(once()).global_step(), 20);
  Estimator other(line_model, {.config = in_memory()});
  EXPECT_EQ(
      other.evaluate(once(), {.checkpoint_path = directory.file("model.ckpt-10")}).global_step(),
      10);
  expect_error([&] { other.evaluate(once(), {.checkpoint_path = "model.ckpt-11"}); },
               ErrorCode::kNotFound, "[restore] there is no checkpoint model.ckpt-11");
}

TEST(Evaluate, EVL_6_TheLossIsTheMeanOverBatchesAndMetricsCountEachValue) {
  Estimator estimator(mean_model, {.config = in_memory()});
  const EvalResult result = estimator.evaluate(numbers({1, 2, 3, 4, 20}, 2));
  EXPECT_DOUBLE_EQ(result.get<double>("loss"), (1.5 + 3.5 + 20) / 3);
  EXPECT_DOUBLE_EQ(result.get<double>("average"), 6);
  EXPECT_DOUBLE_EQ(result.get<double>("mae"), 6);
  EXPECT_DOUBLE_EQ(result.get<double>("plain"), (2.0 + 4 + 20) / 3);
  EXPECT_EQ(estimator.evaluate(numbers({2, 4, 6, 8, 10}, 1)).get<double>("loss"), 6);
}

TEST(Evaluate, MetricsWithoutAScalarToAddUpAreRefused) {
  const auto with = [](Metric (*make)(const Tensor&)) {
    Estimator estimator(
        [make](const Features& features, const Tensor& labels) -> EstimatorSpec {
          const Tensor guess = features["x"] * variable("weight", zeros({1}));
          return {.loss = losses::mean_squared_error(labels, guess),
                  .eval_metrics = {{"own", make(guess)}}};
        },
        {.config = in_memory()});
    estimator.evaluate(once());
  };
  expect_error([&] { with([](const Tensor&) { return Metric(); }); }, "metric \"own\" is empty");
  expect_error(
      [&] {
        with([](const Tensor& guess) {
          return Metric({guess}, [](const std::vector<double>& totals) { return totals[0]; });
        });
      },
      "metric \"own\" adds up float32[?, 1], expected a scalar of each batch; reduce it");
}

TEST(Evaluate, EVL_7_NamesThatEvaluateReportsItselfAreRefused) {
  for (const char* name : {"loss", "global_step"}) {
    Estimator estimator(
        [name](const Features& features, const Tensor& labels) -> EstimatorSpec {
          const Tensor loss =
              losses::mean_squared_error(labels, features["x"] * variable("weight", zeros({1})));
          return {.loss = loss, .eval_metrics = {{name, metrics::mean(loss)}}};
        },
        {.config = in_memory()});
    expect_error([&] { estimator.evaluate(once()); }, "a metric is named \"" + std::string(name) +
                                                          "\", which evaluate() itself reports");
  }
}

TEST(Evaluate, EVL_8_TheResultHoldsMetricsLossAndGlobalStep) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 3});
  const EvalResult result = estimator.evaluate(once());
  ASSERT_EQ(result.values().size(), 2u);
  EXPECT_TRUE(result.values().contains("loss"));
  EXPECT_TRUE(result.values().contains("rmse"));
  EXPECT_EQ(result.global_step(), 3);
}

TEST(Evaluate, EVL_9_EVL_10_ResultsAndCheckpointPathGoToTheEvalDir) {
  const TemporaryDirectory directory;
  RunConfig config = saving();
  config.save_summary_steps = 100;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  estimator.train(forever(), {.steps = 3});
  const EvalResult result = estimator.evaluate(once());
  estimator.evaluate(once(), {.name = "other"});
  for (const std::string& name : {std::string(), std::string("other")}) {
    const auto events = events_in(estimator.eval_dir(name));
    ASSERT_EQ(events.size(), 3u) << name;
    EXPECT_EQ(events[0].what, "file_version");
    EXPECT_EQ(events[1].step, 3);
    std::map<std::string, float> scalars;
    for (const auto& value : events[1].values) scalars[value.tag] = value.simple_value;
    EXPECT_EQ(scalars, (std::map<std::string, float>{{"loss", result.get<float>("loss")},
                                                     {"rmse", result.get<float>("rmse")}}));
    ASSERT_EQ(events[2].values.size(), 1u);
    EXPECT_EQ(events[2].values[0].tag, "checkpoint_path");
    EXPECT_EQ(events[2].values[0].tensor.item<std::string>(), directory.file("model.ckpt-3"));
  }
}

TEST(Evaluate, EVL_11_NothingOutsideTheEvalDirChanges) {
  const TemporaryDirectory directory;
  RunConfig config = saving();
  config.save_summary_steps = 100;
  {
    Estimator(line_model, {.model_dir = directory.path(), .config = config})
        .train(forever(), {.steps = 3});
  }
  auto before = files_in(directory.path());
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  estimator.evaluate(once());
  before.insert("eval");
  EXPECT_EQ(files_in(directory.path()), before);
  EXPECT_EQ(estimator.stats().checkpoints_written, 0);
}

TEST(Evaluate, EVL_12_SummariesOfModelFnAreNotWritten) {
  const TemporaryDirectory directory;
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor loss =
        losses::mean_squared_error(labels, features["x"] * variable("weight", zeros({1})));
    summary::scalar("mine", loss);
    return {.loss = loss};
  };
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = 1;
  Estimator estimator(model, {.config = config});
  estimator.evaluate(once());
  std::set<std::string> tags;
  for (const auto& event : events_in(estimator.eval_dir())) {
    for (const auto& value : event.values) tags.insert(value.tag);
  }
  EXPECT_EQ(tags, std::set<std::string>{"loss"});
}

TEST(Evaluate, EVL_15_ANullHookIsRefused) {
  Estimator estimator(line_model, {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once(), {.hooks = {nullptr}}); }, "[hooks] a hook is null");
}

TEST(Evaluate, HooksSeeTheStepOfTheWeightsAndMayStopButNotSave) {
  Estimator estimator(mean_model, {.config = in_memory()});
  estimator.train(numbers({1, 2}, 1));
  std::vector<int64_t> steps;
  const auto stop_at_2 = after_each([&](RunContext& context) {
    steps.push_back(context.global_step());
    if (context.iteration() == 2) context.request_stop();
  });
  EXPECT_EQ(
      estimator.evaluate(numbers({1, 2, 3, 4}, 1), {.hooks = {stop_at_2}}).get<double>("average"),
      1.5);
  EXPECT_EQ(steps, (std::vector<int64_t>{2, 2}));
  expect_error(
      [&] {
        estimator.evaluate(
            once(),
            {.hooks = {after_each([](RunContext& context) { context.save_checkpoint(); })}});
      },
      ErrorCode::kFailedPrecondition,
      "[save_checkpoint] was called during evaluation, which changes nothing");
}

TEST(Evaluate, AHookMayFetchWhatModelFnMade) {
  Estimator estimator(line_model, {.config = in_memory()});
  std::vector<float> losses;
  const auto record = hooks::logging({"loss", "weight"},
                                     {.every_n_iter = 2, .formatter = [&](const auto& values) {
                                        losses.push_back(values[0].second.template at<float>(0));
                                        EXPECT_EQ(values[1].second.template at<float>(0), 0);
                                        return std::string();
                                      }});
  const SilentLog silent;
  EXPECT_NEAR(estimator.evaluate(once(1), {.hooks = {record}}).get<double>("loss"), 7.8175, 1e-6);
  ASSERT_EQ(losses.size(), 2u) << "batches 1 and 3";
  EXPECT_NEAR(losses[1], 2.9 * 2.9, 1e-5);
}

TEST(Evaluate, DropoutIsOffAndTheSameDataGiveTheSameResult) {
  const auto model = [](const Features& features, const Tensor& labels,
                        Mode mode) -> EstimatorSpec {
    const Tensor dropped =
        layers::dropout(features["x"], {.rate = 0.5, .training = mode == Mode::kTrain});
    return {.loss = losses::mean_squared_error(labels, dropped + variable("bias", zeros({1})))};
  };
  Estimator estimator(model, {.config = in_memory()});
  const double loss = estimator.evaluate(once()).get<double>("loss");
  EXPECT_NEAR(loss, 0.0175, 1e-6) << "of labels and all features";
  EXPECT_EQ(estimator.evaluate(once()).get<double>("loss"), loss);
}

TEST(Evaluate, AMetricOfAnotherDTypeIsRefused) {
  Estimator estimator(
      [](const Features& features, const Tensor& labels) -> EstimatorSpec {
        const Tensor loss =
            losses::mean_squared_error(labels, features["x"] * variable("weight", zeros({1})));
        return {.loss = loss, .eval_metrics = {{"bad", Metric(loss > 0.0f)}}};
      },
      {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once()); }, ErrorCode::kInvalidArgument,
               "the batch's value is bool[], expected one number");
}

/// Sums by column and the number of rows, and the mean of each column: metrics of any shape.
EstimatorSpec column_model(const Features& features, const Tensor& labels) {
  const Tensor x = features["x"], loss = losses::mean_squared_error(labels, x);
  const Tensor columns = concat({x, 2.0f * x}, 1);
  const Metric means({reduce_sum(columns, {0}), shape(columns, kInt64)},
                     [](const std::vector<Array>& totals) {
                       Array mean = Array::zeros(kFloat64, {2});
                       for (int64_t i = 0; i < 2; ++i) {
                         mean.mutable_data<double>()[static_cast<size_t>(i)] =
                             totals[0].at<double>(i) / totals[1].at<double>(0);
                       }
                       return mean;
                     });
  const Metric rows({shape(x, kInt64)}, [](const std::vector<Array>& totals) {
    EXPECT_EQ(totals[0].dtype(), kInt64);
    EXPECT_EQ(totals[1].item<int64_t>(), 2) << "batches";
    return Array::scalar(totals[0].at<int64_t>(0) + (int64_t{1} << 53));
  });
  return {.loss = loss, .eval_metrics = {{"means", means}, {"rows", rows}}};
}

TEST(Evaluate, MetricsOfAnyShapeAddUpOverUnequalBatchesAndReachHooksAndEvents) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = 1;
  std::filesystem::create_directories(directory.path());
  struct AtEnd : Hook {
    Array seen;
    void after_run(RunContext& context, const std::vector<Array>&) override {
      EXPECT_EQ(context.eval_result(), nullptr);
    }
    void end(RunContext& context) override { seen = context.eval_result()->array("means"); }
  };
  const auto hook = std::make_shared<AtEnd>();
  Estimator estimator(column_model, {.config = config});
  const SilentLog silent;
  const EvalResult result = estimator.evaluate(once(3), {.hooks = {hook}});
  const Array means = result.array("means");
  EXPECT_EQ(means.shape(), (Shape{2}));
  EXPECT_EQ(means.at<double>(0), 2.5);
  EXPECT_EQ(means.at<double>(1), 5);
  EXPECT_TRUE(hook->seen.same_bits(means));
  EXPECT_EQ(result.get<int64_t>("rows"), (int64_t{1} << 53) + 4);
  EXPECT_EQ(result.array("loss").item<double>(), result.get<double>("loss"));
  EXPECT_FALSE(result.values().contains("means"));
  EXPECT_EQ(result.arrays().size(), 3u);
  expect_error([&] { (void)result.get<double>("means"); }, ErrorCode::kInvalidArgument,
               "[EvalResult] \"means\" is float64[2], expected one number; ask for "
               "array(\"means\")");
  std::map<std::string, std::string> kinds;
  for (const auto& event : events_in(estimator.eval_dir())) {
    for (const auto& value : event.values) kinds[value.tag] = value.kind;
  }
  EXPECT_EQ(kinds["means"], "histo");
  EXPECT_EQ(kinds["rows"], "simple_value");
}

TEST(Evaluate, AMetricWhoseShapeIsNotThatOfEveryBatchIsRefused) {
  Estimator estimator(
      [](const Features& features, const Tensor& labels) -> EstimatorSpec {
        const Metric rows({features["x"]}, [](const std::vector<Array>& t) { return t[0]; });
        return {.loss = losses::mean_squared_error(labels, features["x"]),
                .eval_metrics = {{"rows", rows}}};
      },
      {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once()); },
               "metric \"rows\" adds up float32[?, 1], expected one shape in every batch; reduce "
               "it over the batch, e.g. with reduce_sum(value, {0})");
}

TEST(Evaluate, AucAndMeanIouOfATrainingReadLikeAnyMetric) {
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor probability = nn::sigmoid(features["x"] - 2.5f);
    const Tensor positive = labels > 2.5f;
    const Metric iou =
        metrics::mean_iou(cast(positive, kInt64), cast(probability > 0.5f, kInt64), 2);
    return {.loss = losses::mean_squared_error(labels, features["x"]),
            .eval_metrics = {{"auc", metrics::auc(positive, probability)}, {"iou", iou}}};
  };
  Estimator estimator(model, {.config = in_memory()});
  const SilentLog silent;
  const EvalResult result = estimator.evaluate(once(3));
  EXPECT_NEAR(result.get<double>("auc"), 1, 1e-6);
  EXPECT_EQ(result.get<double>("iou"), 1);
  EXPECT_EQ(estimator.stats().programs_compiled, 2) << "one for each size of batches";
}

int open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<int>(std::distance(begin(files), end(files)));
}

// H11's kind: a log for each name stayed open.
TEST(Evaluate, EvaluationsOfManyNamesKeepFewFilesOpen) {
  const SilentLog silent;
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = 1;
  Estimator estimator(mean_model, {.config = config});
  const int before = open_files();
  for (int turn = 0; turn < 2; ++turn) {
    for (int i = 0; i < 40; ++i)
      estimator.evaluate(numbers({1, 2}, 2), {.name = "at" + std::to_string(i)});
    EXPECT_LE(open_files() - before, 20);
  }
  for (int i = 0; i < 40; ++i) {
    int scalars = 0;
    for (const auto& event : events_in(estimator.eval_dir("at" + std::to_string(i))))
      scalars += event.what == "summary" ? 1 : 0;
    EXPECT_EQ(scalars, 2) << "one for each turn, of " << i;
  }
}

}  // namespace evaluate_call_test
}  // namespace reckon::estimator
