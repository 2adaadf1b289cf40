// SPDX-License-Identifier: Apache-2.0
// Reductions: axes, kept dimensions, empty tensors, ties, gradients, errors.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math_ops.h>
#include "check_op.h"

namespace reckon {
namespace {

using testing::bools;
using testing::check_op;
using testing::expect_error;
using testing::floats;
using testing::ints;

using Reduction = Tensor (*)(Operand, const Axes&, ReduceFlags);

testing::OpUnderTest over(Reduction reduction, Axes axes, bool keep_dims = false) {
  return [=](const Tensor& x) { return reduction(x, axes, {.keep_dims = keep_dims}); };
}

const Array kTable = floats({1, 5, 2, -4, 3, 0.5f}, {2, 3});

TEST(ReduceSum, TakesAxesInAnyForm) {
  check_op({.op = over(reduce_sum, {}), .inputs = {kTable}, .expect = floats({7.5f}, {})});
  check_op({.op = over(reduce_sum, 0), .inputs = {kTable}, .expect = floats({-3, 8, 2.5f}, {3})});
  check_op({.op = over(reduce_sum, {-1}), .inputs = {kTable}, .expect = floats({8, -0.5f}, {2})});
  check_op(
      {.op = over(reduce_sum, {1, 0}, true), .inputs = {kTable}, .expect = floats({7.5f}, {1, 1})});
  check_op({.op = over(reduce_sum, {-1}, true),
            .inputs = {kTable},
            .expect = floats({8, -0.5f}, {2, 1})});
  check_op({.op = over(reduce_sum, Axes::none()), .inputs = {kTable}, .expect = kTable});
}

TEST(ReduceSum, OfMiddleAxesKeepsTheOthers) {
  const Array x = floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {2, 3, 2});
  check_op({.op = over(reduce_sum, 1), .inputs = {x}, .expect = floats({9, 12, 27, 30}, {2, 2})});
  check_op({.op = over(reduce_sum, {0, 2}), .inputs = {x}, .expect = floats({18, 26, 34}, {3})});
}

TEST(ReduceSum, OfNothingIsZero) {
  check_op({.op = over(reduce_sum, 0),
            .inputs = {floats({}, {0, 2})},
            .expect = floats({0, 0}, {2}),
            .has_gradient = false});
}

TEST(ReduceMean, DividesByTheNumberOfElements) {
  check_op({.op = over(reduce_mean, {}), .inputs = {kTable}, .expect = floats({1.25f}, {})});
  check_op({.op = over(reduce_mean, 0),
            .inputs = {kTable},
            .expect = floats({-1.5f, 4, 1.25f}, {3}),
            .has_second_gradient = true});
  check_op({.op = over(reduce_mean, {}),
            .inputs = {floats({}, {0})},
            .expect = floats({NAN}, {}),
            .has_gradient = false});
}

TEST(ReduceMean, OfIntegersTruncates) {
  check_op({.op = over(reduce_mean, {}), .inputs = {ints({-7, 2}, {2})}, .expect = ints({-2}, {})});
}

TEST(ReduceProd, HasTheGradientOfTheOthersEvenAtZeros) {
  const Array x = floats({2, 0, 3, 0, 0, 1}, {2, 3});
  check_op({.op = over(reduce_prod, 1), .inputs = {x}, .expect = floats({0, 0}, {2})});
  check_op({.op = over(reduce_prod, 0, true),
            .inputs = {kTable},
            .expect = floats({-4, 15, 1}, {1, 3}),
            .has_second_gradient = true});
}

TEST(ReduceProd, CoversSeveralAxes) {
  check_op({.op = over(reduce_prod, {0, 2}),
            .inputs = {floats({1, 2, 3, 1, 2, 1, 1, 2, 1, 1, 2, 3}, {2, 3, 2})},
            .expect = floats({4, 3, 12}, {3})});
}

TEST(ReduceExtrema, FindTheExtremes) {
  check_op({.op = over(reduce_max, 1), .inputs = {kTable}, .expect = floats({5, 3}, {2})});
  check_op({.op = over(reduce_min, 0, true),
            .inputs = {kTable},
            .expect = floats({-4, 3, 0.5f}, {1, 3})});
  check_op({.op = over(reduce_max, {}), .inputs = {ints({-5, -2}, {2})}, .expect = ints({-2}, {})});
}

TEST(ReduceExtrema, OfNothingAreTheLimits) {
  check_op({.op = over(reduce_max, 0),
            .inputs = {floats({}, {0})},
            .expect = floats({-INFINITY}, {}),
            .has_gradient = false});
  check_op(
      {.op = over(reduce_min, 0), .inputs = {ints({}, {0})}, .expect = ints({2147483647}, {})});
}

TEST(ReduceExtrema, TiesShareTheGradientEvenly) {
  for (auto reduction : {reduce_max, reduce_min}) {
    const auto grads = testing::run_op(
        [reduction](const Tensor& x) { return gradients(reduction(x, {1}, {}), {x}); },
        {floats({3, 3, 3, 3}, {2, 2})});
    testing::expect_near(grads[0], floats({0.5f, 0.5f, 0.5f, 0.5f}, {2, 2}), 0, "gradient");
  }
}

TEST(ReduceLogical, AsksForAnyAndAll) {
  const Array x = bools({true, false, true, true}, {2, 2});
  check_op({.op = over(reduce_any, 1), .inputs = {x}, .expect = bools({true, true}, {2})});
  check_op({.op = over(reduce_all, 1), .inputs = {x}, .expect = bools({false, true}, {2})});
  check_op({.op = over(reduce_any, {}), .inputs = {bools({}, {0})}, .expect = bools({false}, {})});
  check_op({.op = over(reduce_all, {}), .inputs = {bools({}, {0})}, .expect = bools({true}, {})});
}

TEST(ReduceLogSumExp, DoesNotOverflow) {
  check_op({.op = over(reduce_logsumexp, {}),
            .inputs = {{88, 89, 90}},
            .expect = {90.4076059},
            .has_gradient = false});
  check_op({.op = over(reduce_logsumexp, {}),
            .inputs = {{-1000, -1001}},
            .expect = {-999.686738},
            .has_gradient = false});
}

TEST(ReduceLogSumExp, HasTheSoftmaxForGradient) {
  check_op({.op = over(reduce_logsumexp, 1),
            .inputs = {kTable},
            .expect = floats({5.06588395f, 3.07973199f}, {2}),
            .tolerance = 1e-5,
            .has_second_gradient = true});
  check_op({.op = over(reduce_logsumexp, {-1}, true),
            .inputs = {kTable},
            .expect = floats({5.06588395f, 3.07973199f}, {2, 1}),
            .tolerance = 1e-5});
}

TEST(ReduceLogSumExp, KeepsInfinities) {
  check_op({.op = over(reduce_logsumexp, 1),
            .inputs = {floats({INFINITY, 1, -INFINITY, -INFINITY}, {2, 2})},
            .expect = floats({INFINITY, -INFINITY}, {2}),
            .has_gradient = false});
}

TEST(ReduceMoments, AreThoseOfThePopulation) {
  check_op({.op = over(reduce_variance, 1),
            .inputs = {kTable},
            .expect = floats({26.0f / 9, 8.3888889f}, {2}),
            .has_second_gradient = true});
  check_op({.op = over(reduce_std, {}), .inputs = {{1, 3, 5, 7}}, .expect = {2.23606798}});
  check_op({.op = over(reduce_euclidean_norm, {}), .inputs = {{3, -4}}, .expect = {5}});
}

TEST(CountNonzero, CountsInInt64) {
  check_op({.op = over(count_nonzero, 1),
            .inputs = {floats({0, 2, NAN, 0, 0, -0.0f}, {2, 3})},
            .expect = testing::longs({2, 0}, {2})});
  check_op({.op = over(count_nonzero, {}),
            .inputs = {bools({true, false}, {2})},
            .expect = testing::longs({1}, {})});
}

TEST(Reductions, RefuseAxesThatDoNotExist) {
  expect_error([] { reduce_sum(kTable, {2}); },
               "[reduce_sum] there is no axis 2 in x, float32[2, 3]; axes of it are in [-2, 2)");
  expect_error([] { reduce_std(kTable, {-3}); }, "[reduce_std] there is no axis -3 in x");
}

TEST(Reductions, RefuseAnAxisTwice) {
  expect_error(
      [] {
        reduce_max(kTable, {1, -1});
      },
      "[reduce_max] axis -1 of x, float32[2, 3], is listed twice; list each axis once");
}

TEST(Reductions, RefuseDtypesThatTheyDoNotReduce) {
  expect_error([] { reduce_sum(true); },
               "[reduce_sum] x is bool[], expected float32 or float64 or int32");
  expect_error([] { reduce_any(kTable); }, "[reduce_any] x is float32[2, 3], expected bool");
  expect_error([] { reduce_logsumexp(ints({1}, {1})); },
               "[reduce_logsumexp] x is int32[1], expected float32 or float64; cast it first");
  expect_error([] { reduce_std(ints({1}, {1})); },
               "[reduce_std] x is int32[1], expected float32 or float64");
}

}  // namespace
}  // namespace reckon
