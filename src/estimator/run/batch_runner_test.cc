// SPDX-License-Identifier: Apache-2.0
// Bad data through the Estimator: shapes, dtypes, missing features, labels out of range, data that
// end. Each is a clear error, and the weights and checkpoints of before are as they were.
#include "estimator/run/batch_runner.h"

#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace batch_runner_test {

/// Three classes of one feature.
EstimatorSpec classifier(const Features& features, const Tensor& labels, Mode mode) {
  const Tensor logits = matmul(features["x"], variable("weight", zeros({1, 3})));
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"class", argmax(logits, -1)}}};
  const Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = 0.1}).minimize(loss),
          .eval_metrics = {{"accuracy", metrics::accuracy(labels, argmax(logits, -1))}}};
}

InputFn classes(std::vector<int64_t> labels, int64_t batch = 2) {
  return [=] {
    return Dataset::from_arrays({{"x", line_x()}}, Array::from<int64_t>(labels, {4})).batch(batch);
  };
}

/// A trained classifier with checkpoints, and what it was before the bad data.
class BadInput : public testing::Test {
 protected:
  BadInput() : estimator_(classifier, {.model_dir = directory_.path(), .config = saving(2)}) {
    estimator_.train(classes({0, 1, 2, 0}));
    weight_ = estimator_.variable_value("weight");
  }

  template <class Action>
  void expect_refused(Action action, const std::string& text) {
    const SilentLog silent;
    expect_error(action, text);
    EXPECT_TRUE(estimator_.variable_value("weight").same_bits(weight_)) << text;
    EXPECT_EQ(estimator_.latest_checkpoint(), directory_.file("model.ckpt-2")) << text;
    EXPECT_EQ(estimator_.evaluate(classes({0, 1, 2, 0})).global_step(), 2) << text;
    Estimator fresh(classifier, {.config = in_memory(directory_.path())});
    EXPECT_EQ(fresh.evaluate(classes({0, 1, 2, 0})).global_step(), 2) << text;
    EXPECT_TRUE(fresh.variable_value("weight").same_bits(weight_)) << text;
  }

  /// All three calls with this input.
  void expect_refused_everywhere(const InputFn& input, const std::string& text) {
    expect_refused([&] { estimator_.train(input, {.steps = 5}); }, text);
    expect_refused([&] { estimator_.evaluate(input); }, text);
    expect_refused([&] { (void)estimator_.predict(input).next(); }, text);
  }

  TemporaryDirectory directory_;
  Estimator estimator_;
  Array weight_;
};

TEST_F(BadInput, ALabelOutOfRangeIsAnErrorOfItsStep) {
  for (const int64_t label : {3, -1, 1000000}) {
    const InputFn input = classes({0, 1, 2, label});
    const std::string text = std::to_string(label);
    expect_refused([&] { estimator_.train(input); }, text);
    expect_refused([&] { estimator_.evaluate(input); }, text);
  }
}

TEST_F(BadInput, AMissingFeatureNamesThoseThereAre) {
  expect_refused_everywhere(
      [] {
        return Dataset::from_arrays({{"y", line_x()}}, Array::zeros(kInt64, {4})).batch(2);
      },
      "\"x\"");
}

TEST_F(BadInput, AFeatureOfAnotherShapeShowsBoth) {
  expect_refused_everywhere(
      [] {
        return Dataset::from_arrays({{"x", Array::zeros(kFloat32, {4, 2})}},
                                    Array::zeros(kInt64, {4}))
            .batch(2);
      },
      "inner sizes differ");
}

TEST_F(BadInput, AFeatureOfAnotherDTypeShowsBoth) {
  expect_refused_everywhere(
      [] {
        return Dataset::from_arrays({{"x", Array::zeros(kInt32, {4, 1})}},
                                    Array::zeros(kInt64, {4}))
            .batch(2);
      },
      "int32");
}

TEST_F(BadInput, LabelsOfAnotherDTypeAreRefused) {
  const InputFn input = [] {
    return Dataset::from_arrays({{"x", line_x()}}, Array::zeros(kFloat32, {4})).batch(2);
  };
  expect_refused([&] { estimator_.train(input); }, "labels");
  expect_refused([&] { estimator_.evaluate(input); }, "labels");
}

TEST_F(BadInput, MissingLabelsAreRefused) {
  expect_refused(
      [&] { estimator_.train(features_only(2)); },
      "[train] the loss needs labels, but the input has none; return labels from input_fn");
  expect_refused([&] { estimator_.evaluate(features_only(2)); },
                 "[evaluate] the loss needs labels");
}

TEST_F(BadInput, AnInputFnThatThrowsChangesNothing) {
  const InputFn input = []() -> Dataset {
    throw Error(ErrorCode::kNotFound, "input", "no such file", "data.csv");
  };
  expect_refused_everywhere(input, "[input] no such file");
}

TEST_F(BadInput, ARowThatDoesNotFitItsSpecIsRefusedWhenItComes) {
  const InputFn input = [] {
    const Dataset elements = Dataset::from_arrays({{"x", line_x()}}, Array::zeros(kInt64, {4}));
    return elements
        .map_native(
            [](const ArrayElement& row) {
              ArrayElement result = row;
              if (row.features[0].at<float>(0) > 1)
                result.features[0] = Array::zeros(kFloat64, {1});
              return result;
            },
            elements.spec())
        .batch(2);
  };
  expect_refused_everywhere(input, "the function returned float64[1] for \"x\" of its features");
}

TEST_F(BadInput, EmptyDataEvaluateToAnErrorAndTrainNothing) {
  const InputFn empty = [] { return classes({0, 1, 2, 0})().take(0); };
  expect_refused([&] { estimator_.evaluate(empty); }, "[evaluate] the input gave no batch");
  const SilentLog silent;
  estimator_.train(empty, {.steps = 5});
  EXPECT_EQ(step_of(estimator_), 2);
  EXPECT_FALSE(estimator_.predict(empty).next());
}

TEST_F(BadInput, DataThatEndEarlyEndTheCallNormally) {
  estimator_.train(classes({0, 1, 2, 0}), {.steps = 100});
  EXPECT_EQ(step_of(estimator_), 4);
  EXPECT_EQ(estimator_.latest_checkpoint(), directory_.file("model.ckpt-4"));
}

TEST_F(BadInput, ABatchThatDoesNotFitTheSpecIsRefusedByTheRunner) {
  Programs programs;
  const auto module = std::make_shared<graph::Module>();
  const ModelFunction model = make_model_function(classifier);
  const Params params;
  const RunConfig config;
  ModelTracer tracer(model, params, config, module);
  const auto traced = tracer.get(Mode::kTrain, classes({0, 1, 2, 0})().spec());
  BatchRunner runner(programs, *traced, Mode::kTrain);
  runner.ask({traced->spec.loss.id()}, {});
  const Array labels = Array::zeros(kInt64, {2});
  expect_error(
      [&] {
        runner.prepare({{Array::zeros(kFloat64, {2, 1})}, {labels}});
      },
      "[input] \"x\" came as float64[2, 1], expected float32[?, 1]; make every batch fit the "
      "Dataset's spec");
  expect_error(
      [&] {
        runner.prepare({{}, {labels}});
      },
      "[input] a batch has 0 components, expected 1");
  runner.prepare({{Array::zeros(kFloat32, {2, 1})}, {labels}});
  runner.prepare({{Array::zeros(kFloat32, {3, 1})}, {Array::zeros(kInt64, {3})}});
  runner.prepare({{Array::zeros(kFloat32, {2, 1})}, {labels}});
  EXPECT_EQ(programs.steps_compiled(), 2) << "one for each batch size";
}

}  // namespace batch_runner_test
}  // namespace reckon::estimator
