// SPDX-License-Identifier: Apache-2.0
// Cross entropy of independent probabilities: the formula, its stable form, both gradients, shapes.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/array_ops.h>
#include <reckon/nn.h>
#include "check_op.h"

namespace reckon {
namespace {

using namespace testing;

OpUnderTest loss() {
  return [](const Tensor& labels, const Tensor& logits) {
    return nn::sigmoid_cross_entropy_with_logits(labels, logits);
  };
}

/// -label log p - (1 - label) log(1 - p) as it stands in textbooks.
double textbook(double label, double logit) {
  const double p = 1 / (1 + std::exp(-logit));
  return -label * std::log(p) - (1 - label) * std::log(1 - p);
}

TEST(SigmoidCrossEntropy, MatchesTheFormula) {
  check_op({.op = loss(),
            .inputs = {floats({0, 1, 0.25f, 1, 0, 0.75f}, {2, 3}),
                       floats({0.5f, 0.5f, -1.5f, -2, 3, 0}, {2, 3})},
            .expect = {textbook(0, 0.5), textbook(1, 0.5), textbook(0.25, -1.5), textbook(1, -2),
                       textbook(0, 3), textbook(0.75, 0)},
            .has_second_gradient = true,
            .step = 1e-5});
}

TEST(SigmoidCrossEntropy, IsStable) {
  check_op(
      {.op = loss(), .inputs = {{1, 0, 1, 0}, {-100, 100, 100, -100}}, .expect = {100, 100, 0, 0}});
  check_op({.op = loss(),
            .inputs = {{1, 0}, {-1e30, 1e30}},
            .expect = {1e30, 1e30},
            .has_gradient = false});
}

TEST(SigmoidCrossEntropy, OfNothingIsNothing) {
  check_op({.op = loss(),
            .inputs = {floats({}, {0, 3}), floats({}, {0, 3})},
            .expect = floats({}, {0, 3})});
}

TEST(SigmoidCrossEntropy, TakesTheRowsThatAreThere) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mask) {
                  const Tensor logits = boolean_mask(x, mask);
                  return nn::sigmoid_cross_entropy_with_logits(ones_like(logits), logits);
                },
            .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
            .expect = {textbook(1, 1), textbook(1, 3)}});
}

TEST(SigmoidCrossEntropy, RefusesToBroadcast) {
  expect_error(
      [] {
        nn::sigmoid_cross_entropy_with_logits(placeholder(kFloat32, {2, 3}),
                                              placeholder(kFloat32, {2, 1}));
      },
      "[sigmoid_cross_entropy_with_logits] labels is float32[2, 3], logits is float32[2, 1]; both "
      "need one shape: reshape one of them");
  expect_error(
      [] {
        nn::sigmoid_cross_entropy_with_logits(placeholder(kInt32, {2}), placeholder(kFloat32, {2}));
      },
      "labels is int32[2], expected float32 or float64; cast it first");
}

}  // namespace
}  // namespace reckon
