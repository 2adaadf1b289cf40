// SPDX-License-Identifier: Apache-2.0
// Squares, roots and powers, with their gradients at the edges.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math_ops.h>
#include "check_op.h"

namespace reckon {
namespace {

using testing::check_op;
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

TEST(Powers, HypotDoesNotOverflow) {
  check_op({.op = hypot, .inputs = {{3, 0, -5}, {4, 2, 12}}, .expect = {5, 2, 13}});
  check_op(
      {.op = hypot, .inputs = {{3e30, 0}, {4e30, 0}}, .expect = {5e30, 0}, .has_gradient = false});
}

}  // namespace
}  // namespace reckon
