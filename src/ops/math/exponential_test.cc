// SPDX-License-Identifier: Apache-2.0
// Values, gradients and second gradients of exponentials, logarithms and the error function.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace exponential_test {

using testing::check_op;
using testing::expect_error;

TEST(Exponential, ExpOfSmallAndLargeNumbers) {
  check_op({.op = exp,
            .inputs = {{-3, -0.5, 0, 1, 4}},
            .expect = {0.0497870684, 0.60653066, 1, 2.71828183, 54.59815},
            .has_second_gradient = true});
}

TEST(Exponential, Expm1KeepsDigitsNearZero) {
  check_op({.op = expm1,
            .inputs = {{-2, -0.0001, 0, 1e-06, 1.5}},
            .expect = {-0.864664717, -9.99950002e-05, 0, 1.0000005e-06, 3.48168907},
            .has_second_gradient = true});
}

TEST(Exponential, LogOfPositiveNumbers) {
  check_op({.op = log,
            .inputs = {{0.25, 1, 2.5, 100}},
            .expect = {-1.38629436, 0, 0.916290732, 4.60517019},
            .has_second_gradient = true});
}

TEST(Exponential, Log1pKeepsDigitsNearZero) {
  check_op({.op = log1p,
            .inputs = {{-0.5, 1e-06, 0.75, 8}},
            .expect = {-0.693147181, 9.999995e-07, 0.559615788, 2.19722458},
            .has_second_gradient = true});
}

TEST(Exponential, ErfIsOddAndSaturates) {
  check_op({.op = erf,
            .inputs = {{-2, -0.3, 0, 0.5, 1.25}},
            .expect = {-0.995322265, -0.328626759, 0, 0.520499878, 0.922900128},
            .has_second_gradient = true});
}

TEST(Exponential, ErfcKeepsDigitsInItsTail) {
  check_op({.op = erfc,
            .inputs = {{-2, -0.3, 0, 1.5, 3}},
            .expect = {1.99532227, 1.32862676, 1, 0.0338948535, 2.2090497e-05},
            .has_second_gradient = true});
}

TEST(Exponential, RefusesIntegers) {
  expect_error(
      [] {
        exp(testing::ints({1, 2}, {2}));
      },
      "[exp] x is int32[2], expected float32 or float64; cast it first");
}

}  // namespace exponential_test
}  // namespace reckon
