// SPDX-License-Identifier: Apache-2.0
// Repeating a tensor to a given shape and to that of another, and what its gradient sums.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon {
namespace broadcast_test {

using namespace testing;

OpUnderTest repeated(const Shape& shape) {
  return [shape](const Tensor& x) { return broadcast_to(x, shape); };
}

TEST(BroadcastTo, RepeatsNewAndStretchedDimensions) {
  check_op({.op = repeated({2, 2, 3}),
            .inputs = {floats({1, 2}, {2, 1})},
            .expect = floats({1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2}, {2, 2, 3}),
            .has_second_gradient = true});
  check_op({.op = repeated({3}), .inputs = {floats({7}, {})}, .expect = {7, 7, 7}});
  check_op({.op = repeated({2}), .inputs = {{1, 2}}, .expect = {1, 2}});
}

TEST(BroadcastTo, OfNothingAndToNothing) {
  check_op({.op = repeated({0, 2}), .inputs = {{1, 2}}, .expect = floats({}, {0, 2})});
  check_op({.op = repeated({2, 0}), .inputs = {floats({}, {1, 0})}, .expect = floats({}, {2, 0})});
}

TEST(BroadcastTo, TakesEveryComputedDtype) {
  check_op(
      {.op = repeated({2}), .inputs = {bools({true}, {1})}, .expect = bools({true, true}, {2})});
  check_op({.op = repeated({2}), .inputs = {longs({5}, {})}, .expect = longs({5, 5}, {2})});
  expect_error([] { broadcast_to("text", {2}); }, "[broadcast_to] x is string[], expected float32");
}

TEST(BroadcastTo, RefusesShapesThatDoNotFit) {
  const auto refuse = [](const Shape& x, const Shape& shape, const char* text) {
    expect_error([&] { broadcast_to(placeholder(kFloat32, x), shape); }, text);
  };
  refuse({2}, {2, 3},
         "[broadcast_to] x of shape [2] does not broadcast to [2, 3]; each dimension must be equal "
         "or 1");
  refuse({2, 2}, {2}, "x of shape [2, 2] does not broadcast to [2]");
  refuse({2}, {0}, "x of shape [2] does not broadcast to [0]");
  refuse({1}, {kUnknown}, "[broadcast_to] shape is [?], expected known extents");
}

TEST(BroadcastLike, RepeatsToAShapeThatIsNotKnownYet) {
  check_op({.op = ops::broadcast_like,
            .inputs = {floats({1, 2}, {2, 1}), floats({0, 0, 0, 0}, {2, 2})},
            .expect = floats({1, 1, 2, 2}, {2, 2}),
            .has_second_gradient = true});
  check_op({.op = ops::broadcast_like,
            .inputs = {floats({3}, {}), ints({}, {0, 4})},
            .expect = floats({}, {0, 4})});
}

TEST(BroadcastLike, RepeatsToASizeThatOnlyTheDataKnows) {
  // x itself has no such size: the plan must keep the input that gives it.
  const auto filled = [](const Tensor& x, const Tensor& mask, const Tensor& value) {
    return ops::broadcast_like(value, boolean_mask(x, mask));
  };
  check_op({.op = filled,
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), bools({true, false, true}, {3}),
                       floats({8, 9}, {2})},
            .expect = floats({8, 9, 8, 9}, {2, 2})});
}

TEST(BroadcastLike, KnowsItsOpAmongTheElementWiseOnes) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {1}), wide = broadcast_to(x, {3}), sum = x + x;
  const auto op_of = [](const Tensor& t) { return ops::definition(t.function()->node(t.id())); };
  EXPECT_TRUE(ops::is_broadcast(*op_of(wide)));
  EXPECT_FALSE(ops::is_broadcast(*op_of(sum)));
}

TEST(BroadcastLike, RefusesShapesThatDoNotFit) {
  expect_error(
      [] {
        ops::broadcast_like_op({placeholder(kFloat32, {2}), placeholder(kFloat32, {kUnknown, 3})});
      },
      "x of shape [2] does not broadcast to [?, 3]");
}

}  // namespace broadcast_test
}  // namespace reckon
