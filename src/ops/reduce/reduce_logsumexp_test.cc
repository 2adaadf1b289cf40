// SPDX-License-Identifier: Apache-2.0
// log(sum(exp(x))): extremes that overflow a naive sum, infinities, the softmax as its gradient.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include "check_op.h"

namespace reckon {
namespace reduce_logsumexp_test {

using namespace testing;

OpUnderTest over(Axes axes, bool keep_dims = false) {
  return [=](const Tensor& x) { return reduce_logsumexp(x, axes, {.keep_dims = keep_dims}); };
}

const Array kLogsumexpTable = floats({1, 5, 2, -4, 3, 0.5f}, {2, 3});

TEST(ReduceLogSumExp, DoesNotOverflow) {
  check_op(
      {.op = over({}), .inputs = {{88, 89, 90}}, .expect = {90.4076059}, .has_gradient = false});
  check_op(
      {.op = over({}), .inputs = {{-1000, -1001}}, .expect = {-999.686738}, .has_gradient = false});
}

TEST(ReduceLogSumExp, HasASecondGradient) {
  check_op({.op = over(1),
            .inputs = {kLogsumexpTable},
            .expect = floats({5.06588395f, 3.07973199f}, {2}),
            .tolerance = 1e-5,
            .has_second_gradient = true});
  check_op({.op = over({-1}, true),
            .inputs = {kLogsumexpTable},
            .expect = floats({5.06588395f, 3.07973199f}, {2, 1}),
            .tolerance = 1e-5});
  check_op({.op = over({0, 1}),
            .inputs = {kLogsumexpTable},
            .expect = floats({5.19447279f}, {}),
            .tolerance = 1e-5});
}

TEST(ReduceLogSumExp, HasTheSoftmaxForGradient) {
  const auto both = [](const Tensor& x) {
    return Tensors{gradients(reduce_logsumexp(x, -1), {x})[0], nn::softmax(x)};
  };
  for (const Array& x : {kLogsumexpTable, floats({200, 100, -50, 1e4f}, {2, 2})}) {
    const std::vector<Array> got = run_op(both, {x});
    expect_near(got[0], got[1], 1e-6, "gradient");
  }
}

TEST(ReduceLogSumExp, KeepsInfinities) {
  check_op({.op = over(1),
            .inputs = {floats({INFINITY, 1, -INFINITY, -INFINITY}, {2, 2})},
            .expect = floats({INFINITY, -INFINITY}, {2}),
            .has_gradient = false});
}

// H14: nothing that one of them could do moves the result; TensorFlow has NaN here.
TEST(ReduceLogSumExp, OfMinusInfinityOnlyHasTheGradientZero) {
  const auto grads = [](const Tensor& x) {
    const Tensor first = gradients(reduce_logsumexp(x, 1), {x})[0];
    return Tensors{first, gradients(first, {x})[0]};
  };
  const Array x = floats({-INFINITY, -INFINITY, 0, -INFINITY}, {2, 2});
  for (const Array& values : {x, doubles({-INFINITY, -INFINITY, 0, -INFINITY}, {2, 2})}) {
    const std::vector<Array> got = run_op(grads, {values});
    for (int64_t i = 0; i < 4; ++i) {
      EXPECT_EQ(got[0].at<double>(i), i == 2 ? 1 : 0) << i;
      EXPECT_EQ(got[1].at<double>(i), 0) << i;
    }
  }
}

TEST(ReduceLogSumExp, KeepsTensorFlowsGradientsOfInfinityAndNaN) {
  const auto grads = [](const Tensor& x) { return gradients(reduce_logsumexp(x, 1), {x}); };
  expect_near(
      run_op(grads, {floats({INFINITY, 1, -INFINITY, NAN, INFINITY, -INFINITY}, {3, 2})})[0],
      floats({NAN, 0, NAN, NAN, NAN, 0}, {3, 2}), 0, "gradient");
}

TEST(ReduceLogSumExp, OfNothingIsMinusInfinity) {
  check_op({.op = over(0),
            .inputs = {floats({}, {0, 2})},
            .expect = floats({-INFINITY, -INFINITY}, {2}),
            .has_gradient = false});
}

TEST(ReduceLogSumExp, TakesTheRowsThatAreThere) {
  check_op({.op = [](const Tensor& x,
                     const Tensor& mask) { return reduce_logsumexp(boolean_mask(x, mask), 0); },
            .inputs = {floats({0, 1, 50, 50, 0, 2}, {3, 2}), bools({true, false, true}, {3})},
            .expect = {std::log(2.0), 2 + std::log1p(std::exp(-1.0))}});
}

TEST(ReduceLogSumExp, RefusesIntegersAndOtherAxes) {
  expect_error([] { reduce_logsumexp(ints({1}, {1})); },
               "[reduce_logsumexp] x is int32[1], expected float32 or float64; cast it first");
  expect_error([] { reduce_logsumexp(kLogsumexpTable, 2); },
               "[reduce_logsumexp] there is no axis 2 in x, float32[2, 3]");
}

}  // namespace reduce_logsumexp_test
}  // namespace reckon
