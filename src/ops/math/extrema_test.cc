// SPDX-License-Identifier: Apache-2.0
// maximum, minimum and clip_by_value: ties, NaN, limits.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace extrema_test {

using testing::check_op;
using testing::expect_error;
using testing::floats;

TEST(Extrema, ChooseElementByElement) {
  check_op({.op = maximum, .inputs = {{1, -2, 3}, {0, 5, -3}}, .expect = {1, 5, 3}});
  check_op({.op = minimum, .inputs = {{1, -2, 3}, {0, 5, -3}}, .expect = {0, -2, -3}});
}

TEST(Extrema, NanWins) {
  check_op(
      {.op = maximum, .inputs = {{NAN, 1}, {1, NAN}}, .expect = {NAN, NAN}, .has_gradient = false});
  check_op(
      {.op = minimum, .inputs = {{NAN, 1}, {1, NAN}}, .expect = {NAN, NAN}, .has_gradient = false});
}

TEST(Extrema, TheFirstOperandTakesTheGradientOfATie) {
  for (auto op : {maximum, minimum}) {
    const auto grads = testing::run_op(
        [op](const Tensor& a, const Tensor& b) {
          return gradients(op(a, b), {a, b});
        },
        {floats({2, 2}, {2}), floats({2, 2}, {2})});
    testing::expect_near(grads[0], floats({1, 1}, {2}), 0, "first");
    testing::expect_near(grads[1], floats({0, 0}, {2}), 0, "second");
  }
}

TEST(ClipByValue, LimitsAndPassesGradientsInside) {
  check_op({.op = [](const Tensor& x) { return clip_by_value(x, -1, 1); },
            .inputs = {{-3, -0.5, 0.5, 2}},
            .expect = {-1, -0.5, 0.5, 1}});
}

TEST(ClipByValue, HasGradientOneOnItsLimits) {
  const auto grads =
      testing::run_op([](const Tensor& x) { return gradients(clip_by_value(x, -1, 1), {x}); },
                      {floats({-1, 1}, {2})});
  testing::expect_near(grads[0], floats({1, 1}, {2}), 0, "gradient");
}

TEST(ClipByValue, RefusesLimitsThatWouldEnlargeX) {
  expect_error(
      [] {
        clip_by_value(floats({1, 2}, {2}), floats({0, 0}, {2, 1}), 1);
      },
      "[clip_by_value] the limits make float32[2, 2] of x, float32[2]; they must broadcast to the "
      "shape of x");
}

}  // namespace extrema_test
}  // namespace reckon
