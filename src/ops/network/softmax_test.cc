// SPDX-License-Identifier: Apache-2.0
// Softmax and its logarithm: axes, extremes, long inputs, errors.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/nn.h>
#include "check_op.h"

namespace reckon {
namespace softmax_test {

using namespace testing;

const float kSoftmaxLog3 = std::log(3.0f);

TEST(Softmax, GivesShares) {
  check_op({.op = nn::softmax,
            .inputs = {floats({0, kSoftmaxLog3, 5, 5}, {2, 2})},
            .expect = floats({0.25f, 0.75f, 0.5f, 0.5f}, {2, 2}),
            .has_second_gradient = true});
  check_op({.op = nn::Softmax{.axis = 0},
            .inputs = {floats({0, 5, kSoftmaxLog3, 5}, {2, 2})},
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
            .inputs = {floats({0, kSoftmaxLog3}, {1, 2})},
            .expect = floats({std::log(0.25f), std::log(0.75f)}, {1, 2}),
            .has_second_gradient = true});
  check_op({.op = nn::LogSoftmax{.axis = 0},
            .inputs = {floats({0, kSoftmaxLog3}, {2, 1})},
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

}  // namespace softmax_test
}  // namespace reckon
