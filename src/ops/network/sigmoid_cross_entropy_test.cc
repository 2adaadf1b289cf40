// SPDX-License-Identifier: Apache-2.0
// Cross entropy of independent probabilities: the formula, its stable form, both gradients, shapes.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/nn.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace sigmoid_cross_entropy_test {

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

// H14: log(1 - p) is log 1 = 0 at a logit of -inf, and a label of 0 has no other share.
TEST(SigmoidCrossEntropy, AMaskedLogitCostsALabelOfZeroNothing) {
  const auto both = [](const Tensor& labels, const Tensor& logits) {
    const Tensor each = nn::sigmoid_cross_entropy_with_logits(labels, logits);
    const Tensor slope = gradients(each, {logits})[0];
    return Tensors{each, slope, gradients(slope, {logits})[0]};
  };
  const std::vector<Array> got =
      run_op(both, {floats({0, 1, 0.5f, 0, 1, 0}, {6}),
                    floats({-INFINITY, -INFINITY, -INFINITY, INFINITY, INFINITY, NAN}, {6})});
  expect_near(got[0], floats({0, INFINITY, INFINITY, NAN, NAN, NAN}, {6}), 0, "loss");
  expect_near(got[1], floats({0, -1, -0.5f, 1, 0, NAN}, {6}), 0, "gradient");
  expect_near(got[2], floats({0, 0, 0, 0, 0, NAN}, {6}), 0, "second gradient");
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
      "need one shape: give the last layer as many units as a label has numbers");
  expect_error(
      [] {
        nn::sigmoid_cross_entropy_with_logits(placeholder(kInt32, {2}), placeholder(kFloat32, {2}));
      },
      "labels is int32[2], expected float32 or float64; cast it first");
}

}  // namespace sigmoid_cross_entropy_test
}  // namespace reckon
