// SPDX-License-Identifier: Apache-2.0
// Rounding, sign and magnitude; the gradients of steps are 0.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace rounding_test {

using testing::check_op;
using testing::expect_error;

TEST(Rounding, FloorGoesDown) {
  check_op({.op = floor, .inputs = {{-1.5, -0.2, 0.7, 2.1}}, .expect = {-2, -1, 0, 2}});
}

TEST(Rounding, CeilGoesUp) {
  check_op({.op = ceil, .inputs = {{-1.5, -0.2, 0.7, 2.1}}, .expect = {-1, 0, 1, 3}});
}

TEST(Rounding, RoundTakesTheEvenOneOfTwo) {
  check_op({.op = round, .inputs = {{-2.25, -0.7, 0.3, 1.6}}, .expect = {-2, -1, 0, 2}});
}

TEST(Rounding, SignKeepsZero) {
  check_op({.op = sign, .inputs = {{-2.5, -0.5, 0.25, 3}}, .expect = {-1, -1, 1, 1}});
}

TEST(Rounding, AbsPassesTheSignToItsGradient) {
  check_op({.op = abs, .inputs = {{-2.5, -0.5, 0.25, 3}}, .expect = {2.5, 0.5, 0.25, 3}});
}

TEST(Rounding, HalvesGoToTheEvenNumber) {
  check_op({.op = round,
            .inputs = {{-2.5, -1.5, -0.5, 0.5, 1.5, 2.5}},
            .expect = {-2, -2, 0, 0, 2, 2},
            .has_gradient = false});
  check_op({.op = rint, .inputs = {{0.5, 1.5, 2.5}}, .expect = {0, 2, 2}, .has_gradient = false});
  check_op({.op = rint, .inputs = {{-2.25, -0.7, 0.3, 1.6}}, .expect = {-2, -1, 0, 2}});
}

TEST(Rounding, KeepsInfinitiesNanAndLargeNumbers) {
  for (auto op : {floor, ceil, round, rint}) {
    check_op({.op = op,
              .inputs = {{INFINITY, -INFINITY, NAN, 1e30, -16777217}},
              .expect = {INFINITY, -INFINITY, NAN, 1e30f, -16777216},
              .has_gradient = false,
              .has_float64 = false});
  }
}

TEST(Rounding, IntegersStayAsTheyAre) {
  check_op({.op = floor,
            .inputs = {testing::ints({-3, 0, 7}, {3})},
            .expect = testing::ints({-3, 0, 7}, {3})});
  check_op({.op = abs,
            .inputs = {testing::ints({-3, 0, 7}, {3})},
            .expect = testing::ints({3, 0, 7}, {3})});
  check_op({.op = sign,
            .inputs = {testing::longs({-3, 0, 7}, {3})},
            .expect = testing::longs({-1, 0, 1}, {3})});
}

TEST(Rounding, RefusesBools) {
  expect_error(
      [] { abs(true); },
      "[abs] x is bool[], expected float32 or float64 or int32 or int64 or uint8; cast it first");
}

}  // namespace rounding_test
}  // namespace reckon
