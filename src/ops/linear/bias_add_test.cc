// SPDX-License-Identifier: Apache-2.0
// bias_add along every axis, x w + b, relu of it, half the squared norm.
#include <gtest/gtest.h>

#include <reckon/nn.h>
#include <reckon/rows.h>
#include "check_op.h"

namespace reckon {
namespace bias_add_test {

using namespace testing;

OpUnderTest biased(int axis = -1) {
  return
      [axis](const Tensor& x, const Tensor& bias) { return nn::bias_add(x, bias, {.axis = axis}); };
}

TEST(BiasAdd, AddsAlongAnAxis) {
  check_op({.op = biased(),
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), {10, 20}},
            .expect = floats({11, 22, 13, 24}, {2, 2})});
  check_op({.op = biased(1),
            .inputs = {floats({1, 2, 3, 4}, {1, 2, 2}), {10, 20}},
            .expect = floats({11, 12, 23, 24}, {1, 2, 2})});
  check_op({.op = biased(0),
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), {10, 20}},
            .expect = floats({11, 12, 23, 24}, {2, 2})});
  check_op({.op = biased(-3),
            .inputs = {floats({1, 2}, {2, 1, 1}), {10, 20}},
            .expect = floats({11, 22}, {2, 1, 1})});
}

TEST(BiasAdd, OfIntegersAndOfNoRows) {
  check_op({.op = biased(),
            .inputs = {ints({1, 2}, {1, 2}), ints({3, 4}, {2})},
            .expect = ints({4, 6}, {1, 2})});
  check_op({.op = biased(), .inputs = {floats({}, {0, 2}), {1, 2}}, .expect = floats({}, {0, 2})});
}

TEST(BiasAdd, SumsTheGradientOfTheRowsThatAreThere) {
  check_op({.op = [](const Tensor& x, const Tensor& mask,
                     const Tensor& bias) { return nn::bias_add(boolean_mask(x, mask), bias); },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), bools({true, false, true}, {3}),
                       floats({10, 20}, {2})},
            .expect = floats({11, 22, 15, 26}, {2, 2})});
}

TEST(BiasAdd, RefusesABiasThatDoesNotFit) {
  const auto refuse = [](const Shape& x, const Shape& bias, int axis, const char* text) {
    expect_error(
        [&] {
          nn::bias_add(placeholder(kFloat32, x), placeholder(kFloat32, bias), {.axis = axis});
        },
        text);
  };
  refuse({2, 3}, {4}, -1,
         "[bias_add] x is float32[2, 3], bias is float32[4]; bias needs one element for each of "
         "axis -1");
  refuse({2, 3}, {1}, -1, "bias needs one element for each of axis -1");
  refuse({3}, {3}, -1, "x needs two dimensions or more, bias one");
  refuse({2, 3}, {3, 1}, -1, "x needs two dimensions or more, bias one");
  refuse({2, 3}, {3}, 2, "[bias_add] axis is 2 but x is float32[2, 3]");
}

TEST(XwPlusB, IsAMatrixProductAndABias) {
  check_op({.op = [](const Tensor& x, const Tensor& w,
                     const Tensor& b) { return nn::xw_plus_b(x, w, b); },
            .inputs = {floats({1, 2, 3, 4}, {2, 2}),
                       floats({1, 0, -1, 2, 1, 1}, {2, 3}),
                       {0.5, 0, -0.5}},
            .expect = floats({5.5f, 2, 0.5f, 11.5f, 4, 0.5f}, {2, 3}),
            .has_second_gradient = true});
}

TEST(ReluLayer, IsReluOfXwPlusB) {
  check_op({.op = [](const Tensor& x, const Tensor& w,
                     const Tensor& b) { return nn::relu_layer(x, w, b); },
            .inputs = {floats({1, 2}, {1, 2}), floats({1, -1, 1, -1}, {2, 2}), {0.5, 0.5}},
            .expect = floats({3.5f, 0}, {1, 2})});
  expect_error(
      [] {
        nn::relu_layer(placeholder(kFloat32, {2, 3}), placeholder(kFloat32, {3, 4}),
                       placeholder(kFloat32, {3}));
      },
      "x is float32[2, 4], bias is float32[3]");
}

TEST(L2Loss, IsHalfTheSquaredNorm) {
  check_op({.op = nn::l2_loss,
            .inputs = {{3, 4}},
            .expect = floats({12.5f}, {}),
            .has_second_gradient = true});
  check_op({.op = nn::l2_loss, .inputs = {floats({}, {0, 2})}, .expect = floats({0}, {})});
  expect_error([] { nn::l2_loss(ints({1}, {1})); }, "int32");
}

}  // namespace bias_add_test
}  // namespace reckon
