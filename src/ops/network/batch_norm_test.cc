// SPDX-License-Identifier: Apache-2.0
// Normalisation by the moments of the batch, in one op.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/nn.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace batch_norm_test {

using namespace testing;

const Array kRows = floats({1, 10, 2, 30, 6, 20}, {3, 2});

Tensors fused(const Tensor& x, const Tensor& scale, const Tensor& offset) {
  const nn::FusedBatchNorm result = nn::fused_batch_norm(x, scale, offset);
  return {result.y, result.mean, result.variance};
}

/// The same by plain ops.
Tensors composed(const Tensor& x, const Tensor& scale, const Tensor& offset) {
  std::vector<int64_t> axes;
  for (int64_t axis = 0; axis < x.rank() - 1; ++axis) axes.push_back(axis);
  const nn::Moments moments = nn::moments(x, axes);
  return {nn::batch_normalization(x, moments.mean, moments.variance, offset, scale, 1e-3),
          moments.mean, moments.variance};
}

TEST(FusedBatchNorm, GivesMomentsOfTheBatch) {
  const double low = 1 / std::sqrt(14.0 / 3 + 1e-3), high = 1 / std::sqrt(200.0 / 3 + 1e-3);
  const auto number = [](double value) { return static_cast<float>(value); };
  check_op({.op = fused,
            .inputs = {kRows, {1, 2}, {0, 5}},
            .expect = {floats({number(-2 * low), number(5 - 20 * high), number(-low),
                               number(5 + 20 * high), number(3 * low), 5},
                              {3, 2}),
                       {3, 20},
                       {14.0 / 3, 200.0 / 3}},
            .has_second_gradient = true});
}

TEST(FusedBatchNorm, EqualsTheComposition) {
  std::vector<float> numbers(5 * 7 * 9);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = std::sin(static_cast<float>(i * i));
  const std::vector<Array> inputs = {floats(numbers, {5, 7, 9}),
                                     floats({1, 2, 3, 4, 5, 6, 7, 8, 9}, {9}),
                                     floats({9, 8, 7, 6, 5, 4, 3, 2, 1}, {9})};
  const std::vector<Array> got = run_op(fused, inputs), want = run_op(composed, inputs);
  for (size_t i = 0; i < got.size(); ++i)
    expect_near(got[i], want[i], 2e-6, "output " + std::to_string(i));
}

TEST(FusedBatchNorm, CountsOnlyTheRowsThatAreThere) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mask, const Tensor& scale, const Tensor& offset) {
                  return nn::fused_batch_norm(boolean_mask(x, mask), scale, offset).mean;
                },
            .inputs = {kRows, bools({true, false, true}, {3}), {1, 1}, {0, 0}},
            .expect = {3.5, 15}});
}

TEST(FusedBatchNorm, RefusesChannelsThatOnlyTheDataCount) {
  const auto masked = [](const Tensor& x, const Tensor& mask, const Tensor& scale) {
    const Tensor some = boolean_mask(scale, mask);
    return nn::fused_batch_norm(boolean_mask(x, mask, 1), some, some).y;
  };
  base::expect_error(
      [&] {
        run_op(masked, {kRows, bools({true, false}, {2}), floats({1, 2}, {2})});
      },
      "whose channels only the data know; mask another axis, or use batch_normalization");
}

TEST(FusedBatchNorm, RefusesChannelsThatDoNotFit) {
  expect_error(
      [] {
        fused(placeholder(kFloat32, {2, 3}), placeholder(kFloat32, {4}),
              placeholder(kFloat32, {3}));
      },
      "[batch_norm] scale or offset is float32[4], expected float32[3] for x, float32[2, 3]");
  expect_error(
      [] {
        fused(placeholder(kFloat32, {3}), placeholder(kFloat32, {3}), placeholder(kFloat32, {3}));
      },
      "[batch_norm] x is float32[3], expected two dimensions or more");
}

}  // namespace batch_norm_test
}  // namespace reckon
