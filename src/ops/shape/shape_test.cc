// SPDX-License-Identifier: Apache-2.0
// shape, size, rank: of fed tensors, of known ones, of sizes that only the data know.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace shape_test {

using namespace testing;

const Array kShapeRows = floats({1, 2, 3, 4, 5, 6}, {3, 2});
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
            .inputs = {kShapeRows, kMask},
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
  check_op({.op = [](const Tensor& x) { return size(x); },
            .inputs = {kShapeRows},
            .expect = ints({6}, {})});
  check_op({.op = [](const Tensor& x) { return size(x, kInt64); },
            .inputs = {Array::strings({}, {4, 0})},
            .expect = longs({0}, {})});
  check_op({.op = [](const Tensor& x) { return size(x); },
            .inputs = {floats({1}, {})},
            .expect = ints({1}, {})});
  check_op({.op = [](const Tensor& x, const Tensor& mask) { return size(boolean_mask(x, mask)); },
            .inputs = {kShapeRows, kMask},
            .expect = ints({4}, {})});
}

/// An int8 array of so many elements of which none may be read.
Array unread(const Shape& shape) {
  alignas(64) static const char byte = 0;
  return Array::borrow(kInt8, shape, &byte, nullptr);
}

// H15: a count above 2^31 - 1 wrapped.
TEST(Size, OfMoreElementsThanInt32CountsIsAnError) {
  const Shape large = {3, 1000000000};
  expect_error([&] { size(placeholder(kInt8, large)); },
               "[size] x has 3000000000 elements, more than int32 counts; pass kInt64 as dtype. At "
               "shape_test.cc:");
  expect_error([&] { shape(placeholder(kInt8, {int64_t{1} << 31})); },
               "[shape] a dimension has 2147483648 elements, more than int32 counts; pass kInt64");
  EXPECT_EQ(
      run_op([](const Tensor& x) { return size(x, kInt64); }, {unread(large)})[0].item<int64_t>(),
      3000000000);
  EXPECT_EQ(run_op([](const Tensor& x) { return shape(x); }, {unread(large)})[0].at<int32_t>(1),
            1000000000);
  EXPECT_EQ(
      run_op([](const Tensor& x) { return size(x); }, {unread({INT32_MAX})})[0].item<int32_t>(),
      INT32_MAX);
  EXPECT_EQ(run_op([](const Tensor& x) { return size(x); },
                   {unread({int64_t{1} << 40, int64_t{1} << 40, 0})})[0]
                .item<int32_t>(),
            0);
}

TEST(Size, OfMoreElementsThanInt32CountsIsAnErrorOfTheRunThatShowsIt) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kInt8, {kUnknown, kUnknown});
  const Tensor count = size(x), extents = shape(x), wide = size(x, kInt64);
  const Array large = unread({2, 3000000000});
  base::expect_error(
      [&] {
        evaluate_now(count, {{x, large}});
      },
      "[size] x has 6000000000 elements, more than int32 counts");
  base::expect_error(
      [&] {
        evaluate_now(extents, {{x, large}});
      },
      "[shape] a dimension has 3000000000 elements");
  EXPECT_EQ(evaluate_now(wide, {{x, large}}).item<int64_t>(), 6000000000);
}

// H15, its kind: positions are int32 too where that is asked for.
TEST(Positions, BeyondInt32AreRefused) {
  expect_error([] { argmax(placeholder(kInt8, {int64_t{1} << 31}), 0, kInt32); },
               "[argmax] the axis has 2147483648 elements, more than int32 counts; pass kInt64");
  expect_error(
      [] {
        top_k(placeholder(kInt8, {2, int64_t{1} << 31}), 1);
      },
      "[top_k] x is int8[2, 2147483648], whose rows are longer than its int32 indices");
}

TEST(Rank, CountsAxesWithoutAStep) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(rank(placeholder(kFloat32, {kUnknown, 2})).text(), "int32[]");
  check_op({.op = [](const Tensor& x) { return rank(x); },
            .inputs = {kShapeRows},
            .expect = ints({2}, {})});
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

}  // namespace shape_test
}  // namespace reckon
