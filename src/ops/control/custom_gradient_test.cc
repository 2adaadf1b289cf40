// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>

#include "check_op.h"

namespace reckon::testing {
namespace custom_gradient_test {

/// log(1 + exp(x)) with a gradient that does not overflow.
Tensor safe_softplus(const Tensor& x) {
  return custom_gradient(
      {x}, [](const Tensors& v) { return Tensors{log1p(exp(v[0]))}; },
      [](const Tensors& v, const Tensors&, const Tensors& grads) {
        return Tensors{grads[0] * (1 - 1 / (1 + exp(v[0])))};
      })[0];
}

TEST(CustomGradient, UsesTheRuleInPlaceOfTheGradient) {
  check_op({.op = safe_softplus,
            .inputs = {{0, 1}},
            .expect = {0.6931471806, 1.3132616875},
            .has_second_gradient = true});
}

TEST(CustomGradient, BelievesARuleThatIsWrongOnPurpose) {
  const auto reversed = [](const Tensor& x) {
    const Tensor y = custom_gradient(
        {x}, [](const Tensors& v) { return Tensors{v[0] * v[0]}; },
        [](const Tensors& v, const Tensors& y, const Tensors& grads) {
          return Tensors{-grads[0] * y[0] / v[0]};
        })[0];
    return gradients(y, {x});
  };
  check_op({.op = reversed, .inputs = {{2, 3}}, .expect = {-2, -3}, .has_gradient = false});
}

TEST(CustomGradient, GivesZerosForOutputsWithoutAGradient) {
  const auto gradient = [](const Tensor& x) {
    const Tensors y = custom_gradient(
        {x},
        [](const Tensors& v) {
          return Tensors{v[0] + 1, v[0] + 2};
        },
        [](const Tensors&, const Tensors&, const Tensors& grads) {
          return Tensors{grads[0] * 10 + grads[1]};
        });
    return gradients(y[0], {x});
  };
  check_op({.op = gradient, .inputs = {{2, 3}}, .expect = {10, 10}, .has_gradient = false});
}

TEST(CustomGradient, RefusesARuleWithTooFewGradients) {
  expect_error(
      [] {
        const Tensor x = placeholder(kFloat32, {2});
        const Tensors y = custom_gradient(
            {x}, [](const Tensors& v) { return v; },
            [](const Tensors&, const Tensors&, const Tensors&) { return Tensors{}; });
        gradients(y[0], {x});
      },
      "[custom_gradient] the rule gave 0 gradients for 1 inputs");
}

TEST(CustomGradient, RefusesAGradientOfAnotherShape) {
  expect_error(
      [] {
        const Tensor x = placeholder(kFloat32, {2});
        const Tensors y = custom_gradient(
            {x}, [](const Tensors& v) { return v; },
            [](const Tensors&, const Tensors&, const Tensors& grads) {
              return Tensors{reduce_sum(grads[0])};
            });
        gradients(y[0], {x});
      },
      "[custom_gradient] gradient 0 is float32[] but the input is float32[2]");
}

TEST(CustomGradient, RefusesAVariableThatIsNoInput) {
  const auto rule = [](const Tensors&, const Tensors&, const Tensors& grads) { return grads; };
  expect_error(
      [&] {
        const Tensor w = variable("w", floats({1, 2}, {2}));
        custom_gradient(
            {ones({2})}, [&](const Tensors& v) { return Tensors{v[0] * w}; }, rule);
      },
      "[custom_gradient] the function uses variable \"w\", for which the rule gives no gradient");
  Graph graph;
  const GraphScope scope(graph);
  const Tensor w = variable("w", floats({1, 2}, {2}));
  custom_gradient(
      {w}, [](const Tensors& v) { return Tensors{v[0] * 2}; }, rule);
}

TEST(CustomGradient, RefusesEmptyFunctions) {
  expect_error([] { custom_gradient({ones({2})}, {}, {}); },
               "[custom_gradient] a function is empty");
}

}  // namespace custom_gradient_test
}  // namespace reckon::testing
