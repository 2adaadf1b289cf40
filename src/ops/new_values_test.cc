// SPDX-License-Identifier: Apache-2.0
// fill, zeros, ones, range, shape, size, rank, one_hot: values that come from numbers and shapes.
#include <gtest/gtest.h>

#include <reckon/array_ops.h>
#include <reckon/math_ops.h>
#include "check_op.h"

namespace reckon {
namespace {

using namespace testing;

Array computed(const std::function<Tensor()>& make) {
  return run_op([&](const Tensors&) { return make(); }, {})[0];
}

TEST(Fill, RepeatsAValue) {
  check_op({.op =
                [](const Tensor& x) {
                  return fill({2, 2}, x);
                },
            .inputs = {floats({3}, {})},
            .expect = floats({3, 3, 3, 3}, {2, 2})});
  EXPECT_TRUE(
      computed([] { return fill({2}, "word"); }).same_bits(Array::strings({"word", "word"}, {2})));
  expect_error([] { fill({kUnknown}, 1.0f); }, "[fill] shape is [?], expected known extents");
  expect_error([] { fill({2}, placeholder(kFloat32, {1})); },
               "[fill] value is float32[1], expected a scalar");
}

TEST(Zeros, AndOnesHaveEveryDtype) {
  EXPECT_TRUE(computed([] { return zeros({2, 1}); }).same_bits(floats({0, 0}, {2, 1})));
  EXPECT_TRUE(computed([] { return zeros({0}, kInt32); }).same_bits(ints({}, {0})));
  EXPECT_TRUE(computed([] { return ones({2}, kInt64); }).same_bits(longs({1, 1}, {2})));
  EXPECT_TRUE(computed([] { return ones({}, kBool); }).same_bits(bools({true}, {})));
  expect_error([] { ones({1}, kString); }, "[ones] dtype is string");
}

TEST(Range, CountsUpAndDown) {
  EXPECT_TRUE(computed([] { return range(0, 5); }).same_bits(ints({0, 1, 2, 3, 4}, {5})));
  EXPECT_TRUE(computed([] { return range(5, 0, -2); }).same_bits(ints({5, 3, 1}, {3})));
  EXPECT_TRUE(computed([] {
                return range(0.0f, 1.0f, 0.25f);
              }).same_bits(floats({0, 0.25f, 0.5f, 0.75f}, {4})));
  EXPECT_TRUE(computed([] { return range(3, 3); }).same_bits(ints({}, {0})));
  EXPECT_TRUE(
      computed([] { return range(Array::scalar<int64_t>(1), 3); }).same_bits(longs({1, 2}, {2})));
}

TEST(Range, RefusesAStepAwayFromTheLimit) {
  expect_error([] { range(0, 5, 0); }, "[range] delta is 0");
  expect_error([] { range(0, 5, -1); }, "[range] start is 0, limit 5, delta -1, which leads away");
  expect_error([] { range(0, placeholder(kInt32, {}), 1); },
               "[range] limit is int32[], known only when the step runs");
}

TEST(ShapeOp, GivesExtentsOfAFedTensor) {
  const auto extents = [](const Tensor& x) { return shape(x); };
  EXPECT_TRUE(run_op(extents, {floats({}, {2, 0, 3})})[0].same_bits(ints({2, 0, 3}, {3})));
  EXPECT_TRUE(run_op(extents, {Array::scalar("a")})[0].same_bits(ints({}, {0})));
  EXPECT_TRUE(
      run_op([](const Tensor& x) { return shape(x, kInt64); }, {ints({1, 2}, {1, 2})})[0].same_bits(
          longs({1, 2}, {2})));
  expect_error([] { shape(placeholder(kFloat32, {2}), kFloat32); },
               "[shape] dtype is float32, expected int32 or int64");
}

TEST(SizeAndRank, CountElementsAndAxes) {
  EXPECT_EQ(run_op([](const Tensor& x) { return size(x); }, {floats({1, 2, 3, 4}, {2, 2})})[0]
                .item<int32_t>(),
            4);
  EXPECT_EQ(
      run_op([](const Tensor& x) { return rank(x); }, {floats({1, 2}, {1, 2})})[0].item<int32_t>(),
      2);
}

TEST(OneHot, MarksTheIndex) {
  const auto hot = [](int64_t depth, OneHotOptions options = {}) {
    return [=](const Tensor& x) { return one_hot(x, depth, options); };
  };
  EXPECT_TRUE(run_op(hot(3), {ints({0, 2, 7, -1}, {4})})[0].same_bits(
      floats({1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}, {4, 3})));
  EXPECT_TRUE(
      run_op(hot(2, {.axis = 0}), {longs({0, 1}, {2})})[0].same_bits(floats({1, 0, 0, 1}, {2, 2})));
  EXPECT_TRUE(run_op(hot(2, {.on_value = 5, .off_value = -1, .dtype = kInt32}), {ints({1}, {1})})[0]
                  .same_bits(ints({-1, 5}, {1, 2})));
  EXPECT_TRUE(run_op(hot(2, {.dtype = kBool}), {Array::from<uint8_t>({1}, {1})})[0].same_bits(
      bools({false, true}, {1, 2})));
  expect_error([] { one_hot(placeholder(kInt32, {1}), -1); }, "[one_hot] depth is -1");
  expect_error([] { one_hot(placeholder(kFloat32, {1}), 3); }, "[one_hot] indices is float32[1]");
}

}  // namespace
}  // namespace reckon
