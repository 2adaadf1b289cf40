// SPDX-License-Identifier: Apache-2.0
// Values, gradients and second gradients of functions of angles.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace trigonometry_test {

using testing::check_op;
using testing::expect_error;

TEST(Trigonometry, Sin) {
  check_op({.op = sin,
            .inputs = {{-7, -1, 0, 0.5, 3}},
            .expect = {-0.656986599, -0.841470985, 0, 0.479425539, 0.141120008},
            .has_second_gradient = true});
}

TEST(Trigonometry, Cos) {
  check_op({.op = cos,
            .inputs = {{-7, -1, 0, 0.5, 3}},
            .expect = {0.753902254, 0.540302306, 1, 0.877582562, -0.989992497},
            .has_second_gradient = true});
}

TEST(Trigonometry, Tan) {
  check_op({.op = tan,
            .inputs = {{-1.2, -0.4, 0, 0.9}},
            .expect = {-2.57215162, -0.422793219, 0, 1.26015822},
            .has_second_gradient = true});
}

TEST(Trigonometry, Asin) {
  check_op({.op = asin,
            .inputs = {{-0.9, -0.25, 0, 0.75}},
            .expect = {-1.11976951, -0.252680255, 0, 0.848062079},
            .has_second_gradient = true});
}

TEST(Trigonometry, Acos) {
  check_op({.op = acos,
            .inputs = {{-0.9, -0.25, 0, 0.75}},
            .expect = {2.69056584, 1.82347658, 1.57079633, 0.722734248},
            .has_second_gradient = true});
}

TEST(Trigonometry, Atan) {
  check_op({.op = atan,
            .inputs = {{-5, -0.5, 0, 2}},
            .expect = {-1.37340077, -0.463647609, 0, 1.10714872},
            .has_second_gradient = true});
}

TEST(Trigonometry, Atan2KnowsTheQuadrant) {
  check_op({.op = atan2,
            .inputs = {{1, 1, -1, -1}, {1, -1, 1, -1}},
            .expect = {0.785398163, 2.35619449, -0.785398163, -2.35619449},
            .has_second_gradient = true});
}

TEST(Trigonometry, Atan2OfSubnormalNumbersIsTheirAngle) {
  check_op({.op = atan2,
            .inputs = {{1e-40, 1e-40, 0, -1e-40}, {0, 1e-40, -1e-40, 0}},
            .expect = {1.57079633, 0.785398163, 3.14159265, -1.57079633},
            .has_gradient = false});
}

TEST(Trigonometry, RefusesIntegers) {
  expect_error([] { atan2(1, testing::ints({1}, {1})); },
               "[atan2] y is int32[], expected float32 or float64; cast it first");
}

}  // namespace trigonometry_test
}  // namespace reckon
