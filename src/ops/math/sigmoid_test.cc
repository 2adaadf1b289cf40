// SPDX-License-Identifier: Apache-2.0
// The logistic function and its kin: far tails, second gradients, options, errors.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/activations.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace sigmoid_test {

using namespace testing;

TEST(Sigmoid, IsTheLogisticFunction) {
  check_op({.op = nn::sigmoid,
            .inputs = {{-2, 0, 3}},
            .expect = {0.119202922, 0.5, 0.952574127},
            .has_second_gradient = true});
  check_op({.op = nn::sigmoid, .inputs = {floats({}, {0, 2})}, .expect = floats({}, {0, 2})});
}

TEST(Sigmoid, SaturatesWithoutOverflow) {
  check_op({.op = nn::sigmoid,
            .inputs = {{-1000, -INFINITY, 1000, INFINITY, NAN}},
            .expect = {0, 0, 1, 1, NAN},
            .has_gradient = false});
}

TEST(Sigmoid, KeepsTheDigitsOfItsGradientOnTheRight) {
  // 1 - sigmoid(40) is 0 in float32; the slope there is exp(-40).
  const auto slope = [](const Tensor& x) { return gradients(nn::sigmoid(x), {x})[0]; };
  const Array got = run_op(slope, {floats({40, -40}, {2})})[0];
  for (int i : {0, 1}) EXPECT_NEAR(got.at<double>(i) / std::exp(-40.0), 1, 1e-5);
}

TEST(LogSigmoid, DoesNotUnderflow) {
  check_op({.op = nn::log_sigmoid,
            .inputs = {{-2, 0, 3}},
            .expect = {-2.12692801, -0.693147181, -0.0485873516},
            .has_second_gradient = true});
  check_op({.op = nn::log_sigmoid, .inputs = {{-200, 200}}, .expect = {-200, 0}});
}

TEST(Softplus, IsSmoothAndDoesNotOverflow) {
  check_op({.op = nn::softplus,
            .inputs = {{-2, 0, 3}},
            .expect = {0.126928011, 0.693147181, 3.04858735},
            .has_second_gradient = true});
  check_op({.op = nn::softplus, .inputs = {{-200, 200}}, .expect = {0, 200}});
  // exp(-20) is far below the rounding of 1 in float32, but not 0.
  const Array tail = run_op(nn::softplus, {floats({-20}, {1})})[0];
  EXPECT_NEAR(tail.at<double>(0) / std::exp(-20.0), 1, 1e-5);
}

TEST(Silu, IsXTimesItsGate) {
  check_op({.op = nn::silu,
            .inputs = {{-2, 0, 3}},
            .expect = {-0.238405844, 0, 2.85772238},
            .has_second_gradient = true});
  check_op({.op = nn::Silu{.beta = 1.5},
            .inputs = {{-2, 3}},
            .expect = {-0.0948517463, 2.96703918},
            .has_second_gradient = true});
  check_op({.op = nn::Silu{.beta = 0}, .inputs = {{-2, 3}}, .expect = {-1, 1.5}});
}

TEST(Mish, IsXTimesTheTanhOfSoftplus) {
  check_op({.op = nn::mish,
            .inputs = {{-2, 0, 3}},
            .expect = {-0.252501483, 0, 2.98653496},
            .has_second_gradient = true});
  check_op({.op = nn::mish, .inputs = {{-200, 200}}, .expect = {0, 200}});
}

TEST(Sigmoid, AndItsKinRefuseIntegers) {
  expect_error([] { nn::sigmoid(ints({1}, {1})); },
               "[sigmoid] x is int32[1], expected float32 or float64; cast it first");
  expect_error([] { nn::log_sigmoid(true); }, "[log_sigmoid] x is bool[]");
  expect_error([] { nn::softplus(ints({1}, {1})); }, "[softplus] x is int32[1]");
  expect_error([] { nn::silu(ints({1}, {1})); }, "x is int32[1], expected float32 or float64");
  expect_error([] { nn::mish("text"); }, "x is string[], expected float32 or float64");
}

}  // namespace sigmoid_test
}  // namespace reckon
