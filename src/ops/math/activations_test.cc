// SPDX-License-Identifier: Apache-2.0
// Activations made of pieces: values, gradients, options, errors.
#include <gtest/gtest.h>

#include <functional>

#include <reckon/activations.h>
#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace activations_test {

using testing::check_op;
using testing::expect_error;

TEST(Activations, RectifiersCutOffNegativeNumbers) {
  check_op({.op = nn::relu, .inputs = {{-2, 0.5, 3}}, .expect = {0, 0.5, 3}});
  check_op({.op = nn::relu,
            .inputs = {testing::ints({-2, 3}, {2})},
            .expect = testing::ints({0, 3}, {2})});
  check_op({.op = nn::relu6, .inputs = {{-2, 0.5, 7}}, .expect = {0, 0.5, 6}});
}

TEST(Activations, LeakyReluScalesNegativeNumbers) {
  check_op({.op = nn::leaky_relu, .inputs = {{-1, 2}}, .expect = {-0.2, 2}});
  check_op({.op = nn::LeakyRelu{.slope = 0.01}, .inputs = {{-1, 2}}, .expect = {-0.01, 2}});
  check_op({.op = nn::prelu, .inputs = {{-1, 2}, {0.5, 0.25}}, .expect = {-0.5, 2}});
  check_op(
      {.op = nn::ThresholdedRelu{.theta = 0.7}, .inputs = {{-1, 0.5, 2}}, .expect = {0, 0, 2}});
}

TEST(Activations, ExponentialUnitsAreSmoothOnTheLeft) {
  check_op({.op = nn::elu, .inputs = {{-2, -0.5, 3}}, .expect = {-0.864664717, -0.39346934, 3}});
  check_op({.op = nn::selu,
            .inputs = {{-2, -0.5, 3}},
            .expect = {-1.52016647, -0.691758186, 3.15210296}});
  check_op({.op = nn::softsign,
            .inputs = {{-3, 0.25, 1}},
            .expect = {-0.75, 0.2, 0.5},
            .has_second_gradient = true});
}

TEST(Activations, HardSigmoidIsLimitedToTheUnitInterval) {
  check_op({.op = nn::hard_sigmoid, .inputs = {{-4, 1, 4}}, .expect = {0, 0.7, 1}});
}

TEST(Activations, CanBePassedToALayer) {
  using Activation = std::function<Tensor(const Tensor&)>;
  const Activation activations[] = {nn::relu, nn::linear, nn::LeakyRelu{.slope = 0.5}};
  for (const Activation& activation : activations)
    check_op({.op = activation, .inputs = {{1, 2}}, .expect = {1, 2}});
  check_op({.op = Activation(nn::tanh), .inputs = {{1}}, .expect = {0.761594156}});
  check_op({.op = Activation(nn::exponential), .inputs = {{1}}, .expect = {2.71828183}});
}

TEST(Activations, RefuseIntegers) {
  expect_error([] { nn::leaky_relu(testing::ints({1}, {1})); },
               "[leaky_relu] x is int32[1], expected float32 or float64");
}

}  // namespace activations_test
}  // namespace reckon
