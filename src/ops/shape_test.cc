// SPDX-License-Identifier: Apache-2.0
// shape, size, rank: of fed tensors, of known ones, of sizes that only the data know.
#include <gtest/gtest.h>

#include <reckon/array_ops.h>
#include <reckon/graph.h>
#include <reckon/math_ops.h>
#include "check_op.h"

namespace reckon {
namespace {

using namespace testing;

const Array kRows = floats({1, 2, 3, 4, 5, 6}, {3, 2});
const Array kMask = bools({true, false, true}, {3});

TEST(ShapeOp, GivesTheExtents) {
  const auto extents = [](DType dtype) {
    return [dtype](const Tensor& x) { return shape(x, dtype); };
  };
  check_op(
      {.op = extents(kInt32), .inputs = {floats({}, {2, 0, 3})}, .expect = ints({2, 0, 3}, {3})});
  check_op({.op = extents(kInt64), .inputs = {ints({1, 2}, {1, 2})}, .expect = longs({1, 2}, {2})});
  check_op({.op = extents(kInt32), .inputs = {Array::scalar("a")}, .expect = ints({}, {0})});
}

TEST(ShapeOp, OfASizeThatOnlyTheDataKnows) {
  check_op({.op = [](const Tensor& x, const Tensor& mask) { return shape(boolean_mask(x, mask)); },
            .inputs = {kRows, kMask},
            .expect = ints({2, 2}, {2})});
}

TEST(ShapeOp, HasNoGradient) {
  const auto slope = [](const Tensor& x) {
    return gradients(x * cast(shape(x), kFloat32), {x})[0];
  };
  check_op(
      {.op = slope, .inputs = {{5}}, .expect = {1}, .has_gradient = false, .has_float64 = false});
}

TEST(Size, CountsElements) {
  check_op(
      {.op = [](const Tensor& x) { return size(x); }, .inputs = {kRows}, .expect = ints({6}, {})});
  check_op({.op = [](const Tensor& x) { return size(x, kInt64); },
            .inputs = {Array::strings({}, {4, 0})},
            .expect = longs({0}, {})});
  check_op({.op = [](const Tensor& x) { return size(x); },
            .inputs = {floats({1}, {})},
            .expect = ints({1}, {})});
  check_op({.op = [](const Tensor& x, const Tensor& mask) { return size(boolean_mask(x, mask)); },
            .inputs = {kRows, kMask},
            .expect = ints({4}, {})});
}

TEST(Rank, CountsAxesWithoutAStep) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(rank(placeholder(kFloat32, {kUnknown, 2})).text(), "int32[]");
  check_op(
      {.op = [](const Tensor& x) { return rank(x); }, .inputs = {kRows}, .expect = ints({2}, {})});
  check_op({.op = [](const Tensor& x) { return rank(x); },
            .inputs = {Array::scalar(3)},
            .expect = ints({0}, {})});
}

TEST(ShapeOp, RefusesDtypesThatAreNoIndices) {
  expect_error([] { shape(placeholder(kFloat32, {2}), kFloat32); },
               "[shape] dtype is float32, expected int32 or int64; pass one");
  expect_error([] { size(placeholder(kFloat32, {2}), kUInt8); },
               "[size] dtype is uint8, expected int32 or int64; pass one");
}

}  // namespace
}  // namespace reckon
