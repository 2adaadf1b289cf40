// SPDX-License-Identifier: Apache-2.0
// Largest and smallest elements: limits of empty tensors, NaN, ties in the gradient.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include "ops/reduce/reduction_under_testing.h"

namespace reckon {
namespace reduce_extrema_test {

using namespace testing;

TEST(ReduceExtrema, FindTheExtremes) {
  check_op({.op = over(reduce_max, 1),
            .inputs = {kTable},
            .expect = floats({5, 3}, {2}),
            .has_second_gradient = true});
  check_op({.op = over(reduce_min, 0, true),
            .inputs = {kTable},
            .expect = floats({-4, 3, 0.5f}, {1, 3})});
  check_op({.op = over(reduce_min, {}), .inputs = {kTable}, .expect = floats({-4}, {})});
  check_op({.op = over(reduce_max, {}), .inputs = {ints({-5, -2}, {2})}, .expect = ints({-2}, {})});
  check_op({.op = over(reduce_min, {}),
            .inputs = {Array::from<uint8_t>({200, 3}, {2})},
            .expect = Array::from<uint8_t>({3}, {})});
}

TEST(ReduceExtrema, OfNothingAreTheLimits) {
  check_op({.op = over(reduce_max, 0),
            .inputs = {floats({}, {0})},
            .expect = floats({-INFINITY}, {}),
            .has_gradient = false});
  check_op(
      {.op = over(reduce_min, 0), .inputs = {ints({}, {0})}, .expect = ints({2147483647}, {})});
}

TEST(ReduceExtrema, KeepInfinities) {
  check_op({.op = over(reduce_max, 1),
            .inputs = {floats({-INFINITY, -INFINITY, 1, INFINITY}, {2, 2})},
            .expect = floats({-INFINITY, INFINITY}, {2}),
            .has_gradient = false});
}

TEST(ReduceExtrema, TiesShareTheGradientEvenly) {
  for (auto reduction : {reduce_max, reduce_min}) {
    const auto grads =
        run_op([reduction](const Tensor& x) { return gradients(reduction(x, {1}, {}), {x}); },
               {floats({3, 3, 3, 3}, {2, 2})});
    expect_near(grads[0], floats({0.5f, 0.5f, 0.5f, 0.5f}, {2, 2}), 0, "gradient");
  }
}

TEST(ReduceExtrema, TheGradientGoesToTheExtremeAlone) {
  const auto grads = run_op(
      [](const Tensor& x) {
        return Tensors{gradients(reduce_max(x, {0, 1}) * 3, {x})[0],
                       gradients(reduce_min(x, 0), {x})[0]};
      },
      {kTable});
  expect_near(grads[0], floats({0, 3, 0, 0, 0, 0}, {2, 3}), 0, "gradient of the maximum");
  expect_near(grads[1], floats({0, 0, 0, 1, 1, 1}, {2, 3}), 0, "gradient of the minima");
}

TEST(ReduceExtrema, LookAtTheRowsThatAreThere) {
  const auto masked = [](Reduction reduction, Axes axes) {
    return [=](const Tensor& x, const Tensor& mask) {
      return reduction(boolean_mask(x, mask), axes, {});
    };
  };
  const Array x = floats({1, 9, 8, 2, 3, 4}, {3, 2}), mask = bools({true, false, true}, {3});
  check_op({.op = masked(reduce_max, 0), .inputs = {x, mask}, .expect = {3, 9}});
  check_op({.op = masked(reduce_min, 1), .inputs = {x, mask}, .expect = {1, 3}});
  check_op({.op = masked(reduce_max, {}), .inputs = {x, mask}, .expect = floats({9}, {})});
}

TEST(ReduceExtrema, RefuseBoolsAndDoubleAxes) {
  expect_error([] { reduce_max(true); }, "[reduce_max] x is bool[], expected float32");
  expect_error(
      [] {
        reduce_min(kTable, {1, -1});
      },
      "[reduce_min] axis -1 of x, float32[2, 3], is listed twice; list each axis once");
}

}  // namespace reduce_extrema_test
}  // namespace reckon
