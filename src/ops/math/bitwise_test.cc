// SPDX-License-Identifier: Apache-2.0
// Bits of integers: every dtype, shifts outside the width, broadcasting, errors.
#include <gtest/gtest.h>

#include <limits>

#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace bitwise_test {

using namespace testing;

Array bytes(const std::vector<uint8_t>& values) {
  return Array::from(values, {static_cast<int64_t>(values.size())});
}

TEST(Bitwise, CombinesIntegers) {
  const Array a = ints({12, -1, 0}, {3}), b = ints({10, 7, 5}, {3});
  check_op({.op = bitwise_and, .inputs = {a, b}, .expect = ints({8, 7, 0}, {3})});
  check_op({.op = bitwise_or, .inputs = {a, b}, .expect = ints({14, -1, 5}, {3})});
  check_op({.op = bitwise_xor, .inputs = {a, b}, .expect = ints({6, -8, 5}, {3})});
  check_op({.op = invert, .inputs = {a}, .expect = ints({-13, 0, -1}, {3})});
}

TEST(Bitwise, KnowsTheWidthOfItsDtype) {
  const int64_t wide = int64_t{1} << 40;
  check_op({.op = bitwise_or,
            .inputs = {longs({wide}, {1}), longs({1}, {1})},
            .expect = longs({wide + 1}, {1})});
  check_op({.op = invert, .inputs = {bytes({1, 255})}, .expect = bytes({254, 0})});
  check_op({.op = bitwise_xor,
            .inputs = {bytes({0xf0, 0xff}), bytes({0xff, 0x0f})},
            .expect = bytes({0x0f, 0xf0})});
}

TEST(Bitwise, BroadcastsAndTakesNumbers) {
  check_op({.op = bitwise_and,
            .inputs = {ints({1, 2, 3, 4}, {2, 2}), ints({1, 2}, {2, 1})},
            .expect = ints({1, 0, 2, 0}, {2, 2})});
  check_op({.op = [](const Tensor& x) { return bitwise_or(x, 8); },
            .inputs = {longs({1, 2}, {2})},
            .expect = longs({9, 10}, {2})});
  check_op({.op = invert, .inputs = {ints({}, {0, 3})}, .expect = ints({}, {0, 3})});
}

TEST(Bitwise, OfManyElementsEqualsElementByElement) {
  std::vector<int32_t> a(1003), b(1003), want(1003);
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<int32_t>(i * 2654435761u);
    b[i] = static_cast<int32_t>(i * 40503u + 7);
    want[i] = (a[i] & b[i]) ^ ~a[i];
  }
  const auto op = [](const Tensor& x, const Tensor& y) {
    return bitwise_xor(bitwise_and(x, y), invert(x));
  };
  EXPECT_TRUE(run_op(op, {ints(a, {1003}), ints(b, {1003})})[0].same_bits(ints(want, {1003})));
}

TEST(Bitwise, ShiftsByTheNearestCountInRange) {
  check_op({.op = left_shift,
            .inputs = {ints({3, 3, 3}, {3}), ints({2, -1, 40}, {3})},
            .expect = ints({12, 3, std::numeric_limits<int32_t>::min()}, {3})});
  check_op({.op = right_shift,
            .inputs = {ints({-8, 8, -8}, {3}), ints({2, 1, 40}, {3})},
            .expect = ints({-2, 4, -1}, {3})});
  check_op({.op = left_shift,
            .inputs = {longs({1, 1}, {2}), longs({62, 100}, {2})},
            .expect = longs({int64_t{1} << 62, std::numeric_limits<int64_t>::min()}, {2})});
}

TEST(Bitwise, ShiftsBytesWithoutASign) {
  check_op({.op = right_shift,
            .inputs = {bytes({200, 200, 200}), bytes({1, 7, 9})},
            .expect = bytes({100, 1, 1})});
  check_op(
      {.op = left_shift, .inputs = {bytes({3, 3}), bytes({7, 200})}, .expect = bytes({128, 128})});
}

TEST(Bitwise, TakesTheRowsThatAreThere) {
  check_op({.op = [](const Tensor& x, const Tensor& mask) { return invert(boolean_mask(x, mask)); },
            .inputs = {ints({0, 1, 2}, {3}), bools({true, false, true}, {3})},
            .expect = ints({-1, -3}, {2})});
}

TEST(Bitwise, RefusesFloatsBoolsAndMixedDtypes) {
  expect_error([] { bitwise_and(floats({1}, {1}), floats({1}, {1})); },
               "[bitwise_and] a is float32[1], expected int32 or int64 or uint8; cast it first");
  expect_error([] { invert(true); }, "[invert] x is bool[], expected int32 or int64 or uint8");
  expect_error([] { left_shift(ints({1}, {1}), longs({1}, {1})); },
               "[left_shift] x is int32[1] but count is int64[1]; both need one dtype");
}

}  // namespace bitwise_test
}  // namespace reckon
