// SPDX-License-Identifier: Apache-2.0
// fill, zeros, ones: every dtype, empty shapes, a value that is computed, errors.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace fill_test {

using namespace testing;

Array computed(const std::function<Tensor()>& make) {
  return run_op([&](const Tensors&) { return make(); }, {})[0];
}

TEST(Fill, RepeatsAValue) {
  const auto filled = [](const Shape& shape) {
    return [shape](const Tensor& x) { return fill(shape, x); };
  };
  check_op({.op = filled({2, 2}),
            .inputs = {floats({3}, {})},
            .expect = floats({3, 3, 3, 3}, {2, 2}),
            .has_second_gradient = true});
  check_op({.op = filled({}), .inputs = {floats({3}, {})}, .expect = floats({3}, {})});
  check_op({.op = filled({0, 4}), .inputs = {ints({3}, {})}, .expect = ints({}, {0, 4})});
}

TEST(Fill, TakesNumbersBoolsAndStrings) {
  EXPECT_TRUE(computed([] { return fill({2}, 5); }).same_bits(ints({5, 5}, {2})));
  EXPECT_TRUE(computed([] { return fill({2}, 0.5); }).same_bits(floats({0.5f, 0.5f}, {2})));
  EXPECT_TRUE(computed([] { return fill({1, 2}, true); }).same_bits(bools({true, true}, {1, 2})));
  EXPECT_TRUE(
      computed([] { return fill({2}, "word"); }).same_bits(Array::strings({"word", "word"}, {2})));
  EXPECT_TRUE(computed([] { return fill({0}, "word"); }).same_bits(Array::strings({}, {0})));
}

TEST(Fill, KeepsDtypesThatAreOnlyStored) {
  EXPECT_TRUE(computed([] {
                return fill({3}, Array::scalar<int16_t>(-7));
              }).same_bits(Array::from<int16_t>({-7, -7, -7}, {3})));
  EXPECT_TRUE(computed([] {
                return fill({2}, Array::scalar<uint64_t>(1ull << 63));
              }).same_bits(Array::from<uint64_t>({1ull << 63, 1ull << 63}, {2})));
}

TEST(Fill, RefusesUnknownShapesAndValuesThatAreNoScalars) {
  expect_error([] { fill({kUnknown}, 1.0f); },
               "[fill] shape is [?], expected a number for every dimension; for the size");
  expect_error([] { fill({2}, placeholder(kFloat32, {1})); },
               "[fill] value is float32[1], expected a scalar; use broadcast_to");
}

TEST(Zeros, AndOnesHaveEveryDtype) {
  EXPECT_TRUE(computed([] { return zeros({2, 1}); }).same_bits(floats({0, 0}, {2, 1})));
  EXPECT_TRUE(computed([] { return zeros({0}, kInt32); }).same_bits(ints({}, {0})));
  EXPECT_TRUE(
      computed([] { return zeros({2}, kString); }).same_bits(Array::strings({"", ""}, {2})));
  EXPECT_TRUE(computed([] { return zeros({}, kBool); }).same_bits(bools({false}, {})));
  EXPECT_TRUE(computed([] { return ones({2}, kInt64); }).same_bits(longs({1, 1}, {2})));
  EXPECT_TRUE(computed([] { return ones({}, kBool); }).same_bits(bools({true}, {})));
  EXPECT_TRUE(computed([] { return ones({1}, kFloat64); }).same_bits(doubles({1}, {1})));
}

TEST(Zeros, AndOnesRefuseWithTheUsersLine) {
  expect_error([] { ones({1}, kString); },
               "[ones] dtype is string, expected float32 or float64 or int32 or int64 or uint8");
  expect_error([] { ones({kUnknown}); }, "_test.cc:" + std::to_string(__LINE__));
  expect_error([] { zeros({kUnknown}); },
               "[zeros] shape is [?], expected a number for every dimension");
}

}  // namespace fill_test
}  // namespace reckon
