// SPDX-License-Identifier: Apache-2.0
// Squares, roots and powers, with their gradients at the edges.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace powers_test {

using testing::check_op;
using testing::doubles;
using testing::floats;
using testing::ints;

TEST(Powers, Squares) {
  check_op({.op = square,
            .inputs = {{-3, 0, 0.5}},
            .expect = {9, 0, 0.25},
            .has_second_gradient = true});
  check_op({.op = squared_difference,
            .inputs = {{1, -2}, {3, 1}},
            .expect = {4, 9},
            .has_second_gradient = true});
  check_op({.op = square, .inputs = {ints({-3, 4}, {2})}, .expect = ints({9, 16}, {2})});
}

TEST(Powers, Roots) {
  check_op({.op = sqrt,
            .inputs = {{0.25, 4, 2}},
            .expect = {0.5, 2, 1.41421356},
            .has_second_gradient = true});
  check_op({.op = rsqrt, .inputs = {{0.25, 4}}, .expect = {2, 0.5}, .has_second_gradient = true});
  check_op({.op = reciprocal,
            .inputs = {{0.25, -4}},
            .expect = {4, -0.25},
            .has_second_gradient = true});
}

TEST(Powers, PowOfFloats) {
  check_op({.op = pow,
            .inputs = {{2, 0.5, 3}, {3, -2, 0.5}},
            .expect = {8, 4, 1.73205081},
            .has_second_gradient = true});
  check_op({.op = [](const Tensor& x) { return pow(x, 3); },
            .inputs = {{-2, 0.5}},
            .expect = {-8, 0.125}});
}

TEST(Powers, PowOfIntegers) {
  check_op({.op = pow,
            .inputs = {ints({2, -3, 5}, {3}), ints({10, 3, 0}, {3})},
            .expect = ints({1024, -27, 1}, {3})});
  EXPECT_THROW(testing::run_op(pow, {ints({2}, {1}), ints({-1}, {1})}), Error);
}

TEST(Powers, TheExponentOfANegativeBaseHasGradientZero) {
  const auto grads =
      testing::run_op([](const Tensor& x, const Tensor& y) { return gradients(pow(x, y), {y}); },
                      {floats({-2, 0}, {2}), floats({3, 2}, {2})});
  testing::expect_near(grads[0], floats({0, 0}, {2}), 0, "gradient");
}

// H14: derivative n + 1 of x^n at 0 and all further ones.
TEST(Powers, AWholePowerRunsOutOfDerivativesAtZero) {
  for (const int whole : {0, 1, 2, 3, 5}) {
    for (const DType dtype : {kFloat32, kFloat64}) {
      const auto derivatives = [&](const Tensor& x) {
        Tensors found = {pow(x, whole)};
        for (int i = 0; i < whole + 3; ++i) found.push_back(gradients(found.back(), {x})[0]);
        return found;
      };
      const Array x = dtype == kFloat32 ? floats({0, 2, -0.0f}, {3}) : doubles({0, 2, -0.0}, {3});
      const std::vector<Array> got = testing::run_op(derivatives, {x});
      double factorial = 1;
      for (int i = 2; i <= whole; ++i) factorial *= i;
      for (size_t order = 0; order < got.size(); ++order) {
        const bool is_last = static_cast<int>(order) == whole;
        const bool is_beyond = static_cast<int>(order) > whole;
        EXPECT_EQ(got[order].at<double>(0), is_last ? factorial : 0) << whole << " " << order;
        EXPECT_EQ(got[order].at<double>(2), is_last ? factorial : 0) << whole << " " << order;
        EXPECT_EQ(got[order].at<double>(1) == 0, is_beyond) << whole << " " << order;
      }
    }
  }
}

TEST(Powers, AFractionalPowerKeepsItsInfiniteSlope) {
  const auto slope = [](const Tensor& x) { return gradients(pow(x, 0.5), {x}); };
  testing::expect_near(testing::run_op(slope, {floats({0, NAN}, {2})})[0],
                       floats({INFINITY, NAN}, {2}), 0, "gradient");
  const auto of_exponent = [](const Tensor& x, const Tensor& y) {
    return gradients(pow(x, y), {y});
  };
  testing::expect_near(
      testing::run_op(of_exponent, {floats({INFINITY, 2}, {2}), floats({-1, -1}, {2})})[0],
      floats({NAN, 0.34657359f}, {2}), 1e-6, "gradient of the exponent");
}

TEST(Powers, HypotDoesNotOverflow) {
  check_op({.op = hypot, .inputs = {{3, 0, -5}, {4, 2, 12}}, .expect = {5, 2, 13}});
  check_op(
      {.op = hypot, .inputs = {{3e30, 0}, {4e30, 0}}, .expect = {5e30, 0}, .has_gradient = false});
}

}  // namespace powers_test
}  // namespace reckon
