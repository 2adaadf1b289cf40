// SPDX-License-Identifier: Apache-2.0
// Arithmetic that is 0 where a factor is 0, whatever the other is.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace safe_arithmetic_test {

using testing::check_op;
constexpr double kDoubleInfinity = std::numeric_limits<double>::infinity();

TEST(SafeArithmetic, DivideNoNanIsZeroForAZeroDivisor) {
  check_op({.op = divide_no_nan,
            .inputs = {{3, -3, kDoubleInfinity}, {2, 0, 0}},
            .expect = {1.5, 0, 0},
            .has_gradient = false});
  check_op({.op = divide_no_nan,
            .inputs = {{3, -3}, {2, 4}},
            .expect = {1.5, -0.75},
            .has_second_gradient = true});
}

TEST(SafeArithmetic, MultiplyNoNanIsZeroForAZeroSecondFactor) {
  check_op({.op = multiply_no_nan,
            .inputs = {{3, NAN, kDoubleInfinity}, {2, 0, 0}},
            .expect = {6, 0, 0},
            .has_gradient = false});
  check_op({.op = multiply_no_nan, .inputs = {{3, -1}, {2, 5}}, .expect = {6, -5}});
}

TEST(SafeArithmetic, XlogyIsZeroForAZeroX) {
  check_op(
      {.op = xlogy, .inputs = {{0, 0, 2}, {0, -1, 1}}, .expect = {0, 0, 0}, .has_gradient = false});
  check_op({.op = xlogy,
            .inputs = {{2, -1}, {3, 0.5}},
            .expect = {2.19722458, 0.693147181},
            .has_second_gradient = true});
  check_op({.op = xlog1py, .inputs = {{0, 2}, {-1, 0}}, .expect = {0, 0}, .has_gradient = false});
  check_op({.op = xlog1py, .inputs = {{2, -1}, {2, -0.5}}, .expect = {2.19722458, 0.693147181}});
}

TEST(SafeArithmetic, XdivyIsZeroForAZeroX) {
  check_op({.op = xdivy, .inputs = {{0, 3}, {0, 2}}, .expect = {0, 1.5}, .has_gradient = false});
  check_op({.op = xdivy, .inputs = {{1, -3}, {4, 2}}, .expect = {0.25, -1.5}});
}

}  // namespace safe_arithmetic_test
}  // namespace reckon
