// SPDX-License-Identifier: Apache-2.0
#include <reckon/graph.h>
#include <reckon/losses.h>
#include <reckon/math.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"

namespace reckon::nn {
namespace losses_test {

using base::expect_error;
using losses::Reduction;

TEST(Losses, RefuseShapesThatDiffer) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor column = placeholder(kFloat32, {kUnknown, 1}),
               flat = placeholder(kFloat32, {kUnknown});
  expect_error([&] { losses::mean_squared_error(flat, column); },
               "[mean_squared_error] labels is float32[?] but predictions is float32[?, 1], "
               "expected one shape; make the labels a column, e.g. reshape(labels, {-1, 1})");
  expect_error([&] { losses::absolute_difference(column, flat); },
               "[absolute_difference] labels is float32[?, 1]");
  expect_error([&] { losses::sigmoid_cross_entropy(flat, column); }, "but logits is float32[?, 1]");
  expect_error([&] { losses::softmax_cross_entropy(flat, column); },
               "[softmax_cross_entropy] labels is float32[?]");
}

TEST(Losses, RefuseOtherDtypes) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor numbers = placeholder(kInt32, {4}), floats = placeholder(kFloat32, {4});
  expect_error([&] { losses::mean_squared_error(numbers, floats); },
               "[mean_squared_error] labels is int32[4] and predictions is float32[4], expected "
               "floats of one dtype");
  expect_error(
      [&] { losses::sigmoid_cross_entropy(floats, numbers); },
      "[sigmoid_cross_entropy] labels is float32[4] and logits is int32[4], expected floats as "
      "logits; labels come first: exchange the two arguments");
  expect_error(
      [&] {
        losses::sparse_softmax_cross_entropy(floats, placeholder(kFloat32, {4, 3}));
      },
      "[sparse_softmax_cross_entropy] labels is float32[4] and logits is float32[4, 3], expected "
      "int32");
}

TEST(Losses, SparseRefusesAnotherBatch) {
  Graph graph;
  const GraphScope scope(graph);
  expect_error(
      [] {
        losses::sparse_softmax_cross_entropy(placeholder(kInt32, {4}),
                                             placeholder(kFloat32, {3, 3}));
      },
      "[sparse_softmax_cross_entropy] labels is int32[4] and logits is float32[3, 3]");
}

TEST(Losses, SparseTakesAColumnOfLabels) {
  Graph graph;
  const GraphScope scope(graph);
  const Array logits = Array::from<float>({1, 2, 0, 3}, {2, 2});
  const Tensor flat =
      losses::sparse_softmax_cross_entropy(Array::from<int32_t>({0, 1}, {2}), logits);
  const Tensor column = losses::sparse_softmax_cross_entropy(
      Array::from<int64_t>({0, 1}, {2, 1}), logits,
      {.weights = Operand(Array::from<float>({1, 1}, {2, 1})).resolve()});
  EXPECT_EQ(evaluate_now(flat).item<float>(), evaluate_now(column).item<float>());
}

TEST(Losses, RefuseWeightsOfAnotherRankOrSize) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {4, 3});
  for (const Shape& shape : {Shape{4}, Shape{3, 1}, Shape{1, 1, 1}}) {
    const Tensor weights = placeholder(kFloat32, shape);
    expect_error(
        [&] { losses::mean_squared_error(x, x, {.weights = weights}); },
        "[mean_squared_error] weights is " + weights.text() + " but the losses are float32[4, 3]");
  }
}

TEST(Losses, WhereNothingCountsAreZeroWithAZeroGradient) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown});
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSumByNonzeroWeights}) {
    const Tensor weights = Operand(Array::scalar(0.0f)).resolve();
    const Tensor loss =
        losses::mean_squared_error(x, zeros_like(x), {.weights = weights, .reduction = reduction});
    const auto got =
        evaluate_now({loss, gradients(loss, {x})[0]}, {{x, Array::from<float>({1, 2}, {2})}});
    EXPECT_EQ(got[0].item<float>(), 0);
    EXPECT_EQ(got[1].at<float>(1), 0);
  }
  const Tensor empty = losses::mean_squared_error(x, zeros_like(x));
  EXPECT_EQ(evaluate_now(empty, {{x, Array::zeros(kFloat32, {0})}}).item<float>(), 0);
}

TEST(Losses, KeepFloat64) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor loss = losses::mean_squared_error(Array::from<double>({1e-9, 0}, {2}),
                                                 Array::from<double>({0, 0}, {2}));
  EXPECT_EQ(evaluate_now(loss).item<double>(), 1e-9 * 1e-9 / 2);
}

TEST(Losses, NodesNameTheUsersLineAndTheLoss) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  const Tensor first = losses::mean_squared_error(x, x);
  const int line = __LINE__ + 1;
  const Tensor second = losses::mean_squared_error(x, x);
  EXPECT_EQ(second.place().line, line);
  EXPECT_EQ(first.name().substr(0, 19), "mean_squared_error/");
  EXPECT_EQ(second.name().substr(0, 21), "mean_squared_error_1/");
}

}  // namespace losses_test
}  // namespace reckon::nn
