// SPDX-License-Identifier: Apache-2.0
// Comparisons, logic and bits: values, NaN, dtypes, errors.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/math_ops.h>
#include "check_op.h"

namespace reckon {
namespace {

using testing::bools;
using testing::check_op;
using testing::expect_error;
using testing::floats;
using testing::ints;

TEST(Compare, GivesBools) {
  check_op(
      {.op = less, .inputs = {{1, 2, 3}, {2, 2, 2}}, .expect = bools({true, false, false}, {3})});
  check_op({.op = less_equal,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({true, true, false}, {3})});
  check_op({.op = greater,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({false, false, true}, {3})});
  check_op({.op = greater_equal,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({false, true, true}, {3})});
  check_op(
      {.op = equal, .inputs = {{1, 2, 3}, {2, 2, 2}}, .expect = bools({false, true, false}, {3})});
  check_op({.op = not_equal,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({true, false, true}, {3})});
}

TEST(Compare, NanIsUnequalToAll) {
  check_op({.op = equal, .inputs = {{NAN, 1}, {NAN, NAN}}, .expect = bools({false, false}, {2})});
  check_op({.op = not_equal, .inputs = {{NAN, 1}, {NAN, NAN}}, .expect = bools({true, true}, {2})});
  check_op({.op = less, .inputs = {{NAN, 1}, {NAN, NAN}}, .expect = bools({false, false}, {2})});
}

TEST(Compare, HasOperatorsThatTakeNumbers) {
  check_op({.op = [](const Tensor& x) { return x > 1 && !(2.5f <= x); },
            .inputs = {{0, 2, 3}},
            .expect = bools({false, true, false}, {3})});
  check_op({.op = [](const Tensor& x) { return x < 1 || x >= 3; },
            .inputs = {ints({0, 2, 3}, {3})},
            .expect = bools({true, false, true}, {3})});
}

TEST(Compare, TakesBoolsForEqualityOnly) {
  check_op({.op = equal,
            .inputs = {bools({true, false}, {2}), bools({true, true}, {2})},
            .expect = bools({true, false}, {2})});
  expect_error([] { less(true, false); },
               "[less] a is bool[], expected float32 or float64 or int32");
}

TEST(Compare, TakesStringsForEqualityOnly) {
  const Array a = Array::strings({"cat", "dog", "", "cat", "dog", "x"}, {2, 3}),
              b = Array::strings({"cat", "cow", ""}, {3});
  check_op({.op = equal,
            .inputs = {a, b},
            .expect = bools({true, false, true, true, false, false}, {2, 3})});
  check_op({.op = [](const Tensor& x) { return not_equal("cat", x); },
            .inputs = {b},
            .expect = bools({false, true, true}, {3})});
  expect_error([] { equal("1", floats({1}, {1})); },
               "[equal_strings] b is float32[1], expected string; cast it first");
}

TEST(Compare, ApproximateEqualAllowsATolerance) {
  check_op({.op = [](const Tensor& a, const Tensor& b) { return approximate_equal(a, b, 0.01); },
            .inputs = {{1, 2}, {1.001, 2.1}},
            .expect = bools({true, false}, {2})});
}

TEST(Logical, CombinesBools) {
  const Array a = bools({true, true, false, false}, {4}),
              b = bools({true, false, true, false}, {4});
  check_op(
      {.op = logical_and, .inputs = {a, b}, .expect = bools({true, false, false, false}, {4})});
  check_op({.op = logical_or, .inputs = {a, b}, .expect = bools({true, true, true, false}, {4})});
  check_op({.op = logical_xor, .inputs = {a, b}, .expect = bools({false, true, true, false}, {4})});
  check_op({.op = logical_not, .inputs = {a}, .expect = bools({false, false, true, true}, {4})});
}

TEST(Logical, RefusesNumbers) {
  expect_error([] { logical_and(floats({1}, {1}), true); },
               "[logical_and] a is float32[1], expected bool; cast it first");
}

TEST(Bitwise, CombinesIntegers) {
  check_op(
      {.op = bitwise_and, .inputs = {ints({12}, {1}), ints({10}, {1})}, .expect = ints({8}, {1})});
  check_op(
      {.op = bitwise_or, .inputs = {ints({12}, {1}), ints({10}, {1})}, .expect = ints({14}, {1})});
  check_op(
      {.op = bitwise_xor, .inputs = {ints({12}, {1}), ints({10}, {1})}, .expect = ints({6}, {1})});
  check_op({.op = invert,
            .inputs = {Array::from<uint8_t>({1}, {1})},
            .expect = Array::from<uint8_t>({254}, {1})});
}

TEST(Bitwise, ShiftsByTheNearestCountInRange) {
  check_op({.op = left_shift,
            .inputs = {ints({3, 3, 3}, {3}), ints({2, -1, 40}, {3})},
            .expect = ints({12, 3, -2147483647 - 1}, {3})});
  check_op({.op = right_shift,
            .inputs = {ints({-8, 8, -8}, {3}), ints({2, 1, 40}, {3})},
            .expect = ints({-2, 4, -1}, {3})});
}

TEST(Bitwise, RefusesFloats) {
  expect_error([] { bitwise_and(floats({1}, {1}), floats({1}, {1})); },
               "[bitwise_and] a is float32[1], expected int32 or int64 or uint8; cast it first");
}

TEST(Finite, TellsNanFromInfinity) {
  const testing::Values x = {1, NAN, INFINITY, -INFINITY};
  check_op({.op = is_nan, .inputs = {x}, .expect = bools({false, true, false, false}, {4})});
  check_op({.op = is_inf, .inputs = {x}, .expect = bools({false, false, true, true}, {4})});
  check_op({.op = is_finite, .inputs = {x}, .expect = bools({true, false, false, false}, {4})});
}

}  // namespace
}  // namespace reckon
