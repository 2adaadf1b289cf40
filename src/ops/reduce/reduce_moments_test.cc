// SPDX-License-Identifier: Apache-2.0
// Variance, standard deviation and Euclidean norm: values, cancellation, gradients, errors.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include "ops/reduce/reduction_under_testing.h"

namespace reckon {
namespace reduce_moments_test {

using namespace testing;

TEST(ReduceVariance, IsThatOfThePopulation) {
  check_op({.op = over(reduce_variance, 1),
            .inputs = {kTable},
            .expect = floats({26.0f / 9, 8.3888889f}, {2}),
            .has_second_gradient = true});
  check_op({.op = over(reduce_variance, 0, true),
            .inputs = {kTable},
            .expect = floats({6.25f, 1, 0.5625f}, {1, 3})});
}

TEST(ReduceVariance, DoesNotCancel) {
  // mean(x^2) - mean(x)^2 of these would be rounding noise.
  check_op({.op = over(reduce_variance, {}),
            .inputs = {{10001, 10002, 10003, 10004}},
            .expect = floats({1.25f}, {}),
            .tolerance = 1e-4,
            .gradient_tolerance = 1e-3});
}

TEST(ReduceVariance, OfOneElementIsZero) {
  check_op({.op = over(reduce_variance, 1),
            .inputs = {floats({3, -7}, {2, 1})},
            .expect = floats({0, 0}, {2})});
  check_op({.op = over(reduce_variance, {}),
            .inputs = {floats({}, {0})},
            .expect = floats({NAN}, {}),
            .has_gradient = false});
}

TEST(ReduceVariance, CountsTheRowsThatAreThere) {
  check_op({.op = [](const Tensor& x,
                     const Tensor& mask) { return reduce_variance(boolean_mask(x, mask), 0); },
            .inputs = {floats({1, 2, 50, 50, 5, 10}, {3, 2}), bools({true, false, true}, {3})},
            .expect = {4, 16},
            .has_second_gradient = true});
}

TEST(ReduceStd, IsTheRootOfTheVariance) {
  check_op({.op = over(reduce_std, {}),
            .inputs = {{1, 3, 5, 7}},
            .expect = {2.23606798},
            .has_second_gradient = true});
  check_op({.op = over(reduce_std, {1}, true),
            .inputs = {floats({1, 3, 2, 8}, {2, 2})},
            .expect = floats({1, 3}, {2, 1})});
}

TEST(ReduceEuclideanNorm, IsTheLengthOfAVector) {
  check_op({.op = over(reduce_euclidean_norm, {}),
            .inputs = {{3, -4}},
            .expect = {5},
            .has_second_gradient = true});
  check_op({.op = over(reduce_euclidean_norm, -1),
            .inputs = {floats({3, 4, 5, 12}, {2, 2})},
            .expect = {5, 13}});
  check_op({.op = over(reduce_euclidean_norm, {}),
            .inputs = {floats({}, {0})},
            .expect = floats({0}, {}),
            .has_gradient = false});
}

TEST(ReduceMoments, RefuseIntegersByTheirOwnNames) {
  expect_error([] { reduce_variance(ints({1}, {1})); },
               "[reduce_variance] x is int32[1], expected float32 or float64; cast it first");
  expect_error([] { reduce_std(ints({1}, {1})); },
               "[reduce_std] x is int32[1], expected float32 or float64");
  expect_error([] { reduce_euclidean_norm(ints({1}, {1})); },
               "[reduce_euclidean_norm] x is int32[1], expected float32 or float64");
  expect_error([] { reduce_std(kTable, {-3}); }, "[reduce_std] there is no axis -3 in x");
}

}  // namespace reduce_moments_test
}  // namespace reckon
