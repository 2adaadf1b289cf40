// SPDX-License-Identifier: Apache-2.0
// Shape-only ops: the same values before and after a plan fixes their shapes; rows stay rows; what
// a plan keeps.
#include <gtest/gtest.h>

#include <reckon/array_ops.h>
#include <reckon/graph.h>
#include <reckon/math_ops.h>
#include "check_op.h"
#include "graph/trace.h"
#include "ops/gather.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

using testing::check_op;
using testing::floats;

TEST(ShapeOnly, BroadcastsToAnUnknownShape) {
  check_op({.op = broadcast_like,
            .inputs = {floats({1, 2}, {2, 1}), floats({0, 0, 0, 0}, {2, 2})},
            .expect = floats({1, 1, 2, 2}, {2, 2})});
}

TEST(ShapeOnly, SumsToAnUnknownShape) {
  const Array x = floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});
  check_op(
      {.op = sum_to_like, .inputs = {x, floats({0, 0}, {2})}, .expect = floats({16, 20}, {2})});
  check_op({.op = sum_to_like,
            .inputs = {x, floats({0, 0}, {1, 2, 1})},
            .expect = floats({14, 22}, {1, 2, 1})});
  check_op({.op = sum_to_like,
            .inputs = {x, floats({0, 0}, {2, 1})},
            .expect = floats({14, 22}, {2, 1})});
  check_op({.op = sum_to_like, .inputs = {x, floats({0}, {})}, .expect = floats({36}, {})});
  check_op({.op = sum_to_like, .inputs = {x, x}, .expect = x});
}

TEST(ShapeOnly, ReshapesToAnUnknownShape) {
  check_op({.op = reshape_like,
            .inputs = {{1, 2, 3, 4}, floats({0, 0, 0, 0}, {2, 2})},
            .expect = floats({1, 2, 3, 4}, {2, 2})});
}

TEST(ShapeOnly, CountsAlongUnknownAxes) {
  const auto count = [](const Tensor& x) { return extent_product(x, {0, 2}, kFloat32); };
  check_op({.op = count,
            .inputs = {floats(std::vector<float>(24), {2, 3, 4})},
            .expect = floats({8}, {}),
            .has_float64 = false});
}

graph::Function function_of(const Tensor& result) {
  graph::Function function = *result.function();
  function.results = {result.id()};
  return function;
}

TEST(ShapeOnly, PlansLoseTheInputThatOnlyGaveAShape) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2, 3}), like = placeholder(kFloat32, {3});
  const Tensor sum = sum_to_like(x, like);
  const graph::Function function = function_of(sum);
  const graph::Node node = static_form(function.node(sum.id()), function);
  EXPECT_EQ(node.op->name, "ReduceSum");
  EXPECT_EQ(node.inputs.size(), 1u);
  EXPECT_EQ(node.outputs[0].shape, (Shape{3}));
}

TEST(ShapeOnly, AMixedSumHasAnOpOfItsOwn) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor sum = sum_to_like(placeholder(kFloat32, {2, 2, 3}), placeholder(kFloat32, {1, 3}));
  const graph::Function function = function_of(sum);
  EXPECT_EQ(static_form(function.node(sum.id()), function).op->name, "SumTo");
}

TEST(ShapeOnly, AnInputIsKeptWhereOnlyItKnowsTheSize) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor zeros = zeros_of(placeholder(kFloat32, {kUnknown}));
  graph::Function function = function_of(zeros);
  function.extents.push_back({.bound = 5});
  const graph::ValueId like = function.node(zeros.id()).inputs[1];
  function.nodes[like.node].outputs[0].shape = {graph::extent_dim(0)};
  EXPECT_EQ(static_form(function.node(zeros.id()), function).inputs.size(), 2u);
}

TEST(ShapeOnly, GradientsOfMeansOverAnUnknownBatch) {
  const auto loss = [](const Tensor& x, const Tensor& w) { return reduce_mean(square(x * w - 1)); };
  check_op({.op = loss,
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), floats({0.5f, 2}, {2})},
            .expect = floats({14.625f}, {}),
            .tolerance = 1e-5});
}

TEST(SumOfGradients, OfRowsStaysRows) {
  const auto grads = testing::run_op(
      [](const Tensor& table) {
        const Tensor a = gather(table, testing::ints({1, 3}, {2})),
                     b = gather(table, testing::longs({3}, {1}));
        const Tensor grad = gradients(reduce_sum(square(a)) + reduce_sum(b), {table})[0];
        EXPECT_TRUE(row_gradient(grad).valid());
        return grad;
      },
      {floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {5, 2})});
  testing::expect_near(grads[0], floats({0, 0, 6, 8, 0, 0, 15, 17, 0, 0}, {5, 2}), 0, "gradient");
}

TEST(SumOfGradients, OfRowsAndOthersIsDense) {
  const auto grads = testing::run_op(
      [](const Tensor& table) {
        const Tensor rows = gather(table, testing::ints({1}, {1}));
        const Tensor grad = gradients(reduce_sum(rows) + reduce_sum(table), {table})[0];
        EXPECT_FALSE(row_gradient(grad).valid());
        return grad;
      },
      {floats({0, 0}, {2, 1})});
  testing::expect_near(grads[0], floats({1, 2}, {2, 1}), 0, "gradient");
}

}  // namespace
}  // namespace reckon::ops
