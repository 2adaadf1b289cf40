// SPDX-License-Identifier: Apache-2.0
// Shape-only ops in a plan: which op each becomes once shapes are numbers, and what a plan keeps.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include "check_op.h"
#include "graph/trace.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace shape_only_test {

using testing::check_op;
using testing::floats;

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

}  // namespace shape_only_test
}  // namespace reckon::ops
