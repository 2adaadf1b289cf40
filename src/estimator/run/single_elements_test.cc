// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/single_elements.h"

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace single_elements_test {

DatasetSpec spec(const Shape& x, const Shape& label) {
  return {{{"x", kFloat32, x}}, {{"", kFloat32, label}}};
}

TEST(SingleElements, AreThoseWithoutACommonFirstDimension) {
  EXPECT_TRUE(are_single_elements(spec({4}, {})));
  EXPECT_TRUE(are_single_elements(spec({28, 28, 1}, {})));
  EXPECT_TRUE(are_single_elements(spec({4}, {1})));
  EXPECT_TRUE(are_single_elements(spec({1}, {1})));
  EXPECT_TRUE(are_single_elements({{{"x", kFloat32, {4}}}, {}}));
  EXPECT_FALSE(are_single_elements(spec({kUnknown, 4}, {kUnknown})));
  EXPECT_FALSE(are_single_elements(spec({32, 4}, {32}))) << "batches made by hand";
  EXPECT_FALSE(are_single_elements({{{"x", kFloat32, {32, 4}}}, {}}));
}

InputFn without_batch() {
  return [] { return Dataset::from_arrays({{"x", line_x()}}, line_y()); };
}

/// Fails for features of rank 1, and says something of matmul.
EstimatorSpec rows_only(const Features& features, const Tensor& labels) {
  const Tensor guess = matmul(features["x"], variable("w", zeros({1, 1})));
  return {.predictions = guess, .loss = losses::mean_squared_error(labels, guess)};
}

// Friction 8 (a): whatever model_fn's error is, the forgotten batch is what is named.
TEST(SingleElements, AreNamedWhereBatchesWouldDo) {
  int calls = 0;
  const auto model_fn = [&calls](const Features& features, const Tensor& labels) {
    ++calls;
    return rows_only(features, labels);
  };
  Estimator estimator(model_fn, {.config = in_memory()});
  const std::string text =
      "input_fn gives single elements (x is float32[1], the label is float32[1]), expected "
      "batches, whose first dimension counts their rows; add .batch(n) to the Dataset. At "
      "single_elements_test.cc:" +
      std::to_string(__LINE__ + 1);
  expect_error([&] { estimator.evaluate(without_batch()); }, "[evaluate] " + text);
  EXPECT_EQ(calls, 2) << "once to see that batches would do";
  EXPECT_NO_THROW(estimator.evaluate(once()));
  expect_error([&] { estimator.predict(without_batch()); }, "[predict] input_fn gives single");
}

TEST(SingleElements, AnotherMistakeKeepsItsText) {
  const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
    return {.loss = matmul(features["x"], ones({3}))};
  };
  expect_error([&] { Estimator(model_fn, {.config = in_memory()}).evaluate(without_batch()); },
               "[matmul] a is float32[1], b is float32[3]");
}

TEST(SingleElements, AreWarnedOfOnceWhereTheyRun) {
  LogCapture log;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(without_batch());
  estimator.train(without_batch());
  EXPECT_EQ(log.count("[train] input_fn gives single elements", LogLevel::kWarning), 1);
  EXPECT_EQ(log.count("At single_elements_test.cc:", LogLevel::kWarning), 1);
}

TEST(SingleElements, BatchesAreNotWarnedOf) {
  LogCapture log;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(once());
  EXPECT_EQ(log.count("single elements"), 0);
}

}  // namespace single_elements_test
}  // namespace reckon::estimator
