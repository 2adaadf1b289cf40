// SPDX-License-Identifier: Apache-2.0
// Softmax, its logarithm, the cross entropies and the small compositions.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/nn.h>
#include "base/expect_error.h"
#include "check_op.h"

namespace reckon {
namespace {

using namespace testing;

const float kLog3 = std::log(3.0f);

TEST(Softmax, GivesShares) {
  check_op({.op = nn::softmax,
            .inputs = {floats({0, kLog3, 5, 5}, {2, 2})},
            .expect = floats({0.25f, 0.75f, 0.5f, 0.5f}, {2, 2}),
            .has_second_gradient = true});
  check_op({.op = nn::Softmax{.axis = 0},
            .inputs = {floats({0, 5, kLog3, 5}, {2, 2})},
            .expect = floats({0.25f, 0.5f, 0.75f, 0.5f}, {2, 2})});
}

TEST(Softmax, DoesNotOverflow) {
  EXPECT_TRUE(
      run_op(nn::softmax, {floats({1000, 1000}, {2})})[0].same_bits(floats({0.5f, 0.5f}, {2})));
}

TEST(Softmax, SplitsLongInputsWithoutAChange) {
  std::vector<float> numbers(64 * 1000);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 1000) / 100;
  const Array whole = run_op(nn::softmax, {floats(numbers, {64, 1000})})[0];
  const Array one =
      run_op(nn::softmax, {floats({numbers.begin(), numbers.begin() + 1000}, {1, 1000})})[0];
  EXPECT_TRUE(whole.rows(63, 64).same_bits(one));
}

TEST(LogSoftmax, IsItsLogarithm) {
  check_op({.op = nn::log_softmax,
            .inputs = {floats({0, kLog3}, {1, 2})},
            .expect = floats({std::log(0.25f), std::log(0.75f)}, {1, 2}),
            .has_second_gradient = true});
  check_op({.op = nn::LogSoftmax{.axis = 0},
            .inputs = {floats({0, kLog3}, {2, 1})},
            .expect = floats({std::log(0.25f), std::log(0.75f)}, {2, 1})});
}

TEST(Softmax, RefusesOtherAxesAndDtypes) {
  expect_error([] { nn::Softmax{.axis = 1}(placeholder(kFloat32, {3})); },
               "[softmax] axis is 1 but x is float32[3]");
  expect_error([] { nn::LogSoftmax{.axis = 1}(placeholder(kFloat32, {3})); },
               "[log_softmax] axis is 1");
  expect_error([] { nn::softmax(placeholder(kInt32, {3})); }, "[softmax] logits is int32[3]");
  expect_error([] { nn::softmax(placeholder(kFloat32, {})); }, "logits is float32[], a scalar");
}

TEST(SoftmaxCrossEntropy, MatchesTheFormula) {
  check_op({.op =
                [](const Tensor& labels, const Tensor& logits) {
                  return nn::softmax_cross_entropy_with_logits(labels, logits);
                },
            .inputs = {floats({1, 0, 0.5f, 0.5f}, {2, 2}), floats({0, kLog3, 1, 1}, {2, 2})},
            .expect = {std::log(4.0), std::log(2.0)},
            .has_second_gradient = true});
}

TEST(SoftmaxCrossEntropy, TakesLabelsThatDoNotSumToOne) {
  check_op({.op =
                [](const Tensor& labels, const Tensor& logits) {
                  return nn::softmax_cross_entropy_with_logits(labels, logits);
                },
            .inputs = {floats({2, 1}, {1, 2}), floats({0, kLog3}, {1, 2})},
            .expect = {2 * std::log(4.0) + std::log(4.0 / 3)},
            .has_second_gradient = true});
}

TEST(SoftmaxCrossEntropy, RunsAlongAnotherAxis) {
  check_op({.op =
                [](const Tensor& labels, const Tensor& logits) {
                  return nn::softmax_cross_entropy_with_logits(labels, logits, 0);
                },
            .inputs = {floats({1, 0}, {2, 1}), floats({0, kLog3}, {2, 1})},
            .expect = {std::log(4.0)}});
}

TEST(SoftmaxCrossEntropy, RefusesLabelsOfAnotherShape) {
  expect_error(
      [] {
        nn::softmax_cross_entropy_with_logits(placeholder(kFloat32, {2, 3}),
                                              placeholder(kFloat32, {2, 4}));
      },
      "[softmax_cross_entropy_with_logits] labels is float32[2, 3], logits is float32[2, 4]");
}

TEST(SparseSoftmaxCrossEntropy, TakesClassNumbers) {
  check_op({.op =
                [](const Tensor& labels, const Tensor& logits) {
                  return nn::sparse_softmax_cross_entropy_with_logits(labels, logits);
                },
            .inputs = {ints({0, 1}, {2}), floats({0, kLog3, 1, 1}, {2, 2})},
            .expect = {std::log(4.0), std::log(2.0)},
            .has_second_gradient = true});
}

TEST(SparseSoftmaxCrossEntropy, NamesTheLabelThatIsOutside) {
  for (const int64_t label : {5, -1}) {
    base::expect_error(
        [&] {
          run_op(
              [](const Tensor& labels, const Tensor& logits) {
                return nn::sparse_softmax_cross_entropy_with_logits(labels, logits);
              },
              {longs({0, label}, {2}), floats({0, 1, 2, 3, 4, 5}, {2, 3})});
        },
        "label " + std::to_string(label) + " is not in [0, 3)");
  }
}

TEST(SparseSoftmaxCrossEntropy, RefusesLabelsOfAnotherShape) {
  for (const Shape& shape : {Shape{1, 2}, Shape{3}}) {
    expect_error(
        [&] {
          nn::sparse_softmax_cross_entropy_with_logits(placeholder(kInt32, shape),
                                                       placeholder(kFloat32, {2, 3}));
        },
        "logits is float32[2, 3]; labels need the shape of logits without its last dimension");
  }
}

TEST(SigmoidCrossEntropy, IsStable) {
  check_op({.op =
                [](const Tensor& labels, const Tensor& logits) {
                  return nn::sigmoid_cross_entropy_with_logits(labels, logits);
                },
            .inputs = {{0, 1, 1, 0}, {0.5, 0.5, -100, 100}},
            .expect = {std::log1p(std::exp(0.5)), std::log1p(std::exp(-0.5)), 100, 100},
            .has_second_gradient = true});
  expect_error(
      [] {
        nn::sigmoid_cross_entropy_with_logits(placeholder(kFloat32, {2, 3}),
                                              placeholder(kFloat32, {2, 1}));
      },
      "[sigmoid_cross_entropy_with_logits] labels is float32[2, 3], logits is float32[2, 1]");
}

TEST(L2Loss, IsHalfTheSquaredNorm) {
  check_op({.op = nn::l2_loss,
            .inputs = {{3, 4}},
            .expect = floats({12.5f}, {}),
            .has_second_gradient = true});
}

TEST(BiasAdd, AddsAlongAnAxis) {
  check_op({.op = [](const Tensor& x, const Tensor& bias) { return nn::bias_add(x, bias); },
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), {10, 20}},
            .expect = floats({11, 22, 13, 24}, {2, 2})});
  check_op(
      {.op = [](const Tensor& x, const Tensor& bias) { return nn::bias_add(x, bias, {.axis = 1}); },
       .inputs = {floats({1, 2, 3, 4}, {1, 2, 2}), {10, 20}},
       .expect = floats({11, 12, 23, 24}, {1, 2, 2})});
  const auto refuse = [](const Shape& x, const Shape& bias, const char* text) {
    expect_error([&] { nn::bias_add(placeholder(kFloat32, x), placeholder(kFloat32, bias)); },
                 text);
  };
  refuse({2, 3}, {4},
         "[bias_add] x is float32[2, 3], bias is float32[4]; bias needs one element for each of "
         "axis -1");
  refuse({3}, {3}, "x needs two dimensions or more, bias one");
  refuse({2, 3}, {3, 1}, "x needs two dimensions or more, bias one");
}

TEST(ReluLayer, IsReluOfXwPlusB) {
  check_op({.op = [](const Tensor& x, const Tensor& w,
                     const Tensor& b) { return nn::relu_layer(x, w, b); },
            .inputs = {floats({1, 2}, {1, 2}), floats({1, -1, 1, -1}, {2, 2}), {0.5, 0.5}},
            .expect = floats({3.5f, 0}, {1, 2})});
}

}  // namespace
}  // namespace reckon
