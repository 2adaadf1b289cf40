// SPDX-License-Identifier: Apache-2.0
// The fused gradient of batch normalisation against that of the composition, and its own gradient.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/nn.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "ops/network/batch_norm.h"

namespace reckon {
namespace batch_norm_gradient_test {

using namespace testing;

constexpr double kEpsilon = 1e-3;

/// (grad, x, scale) -> gradients of x, scale and offset by the op, with the moments of x.
Tensors fused(const Tensor& grad, const Tensor& x, const Tensor& scale) {
  const nn::Moments m = nn::moments(x, ops::statistic_axes(x.rank()));
  return ops::batch_norm_gradient_op.all({grad, x, scale, m.mean, m.variance}, {kEpsilon});
}

/// The same by differentiating plain ops.
Tensors composed(const Tensor& grad, const Tensor& x, const Tensor& scale) {
  const nn::Moments m = nn::moments(x, ops::statistic_axes(x.rank()));
  const Tensor offset = zeros_like(scale);
  const Tensor y = nn::batch_normalization(x, m.mean, m.variance, offset, scale, kEpsilon);
  return gradients(y, {x, scale, offset}, grad);
}

Array waves(const Shape& shape, float frequency) {
  std::vector<float> values(static_cast<size_t>(shape.num_elements()));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = std::sin(frequency * static_cast<float>(i * i + 1));
  return floats(values, shape);
}

TEST(BatchNormGradient, EqualsThatOfTheComposition) {
  // Ranks, one row, one channel, more channels than a vector, more rows than a chunk.
  for (const Shape& shape :
       {Shape{4, 3}, Shape{1, 5}, Shape{7, 1}, Shape{2, 3, 4, 19}, Shape{1500, 37}}) {
    const std::vector<Array> inputs = {waves(shape, 0.3f), waves(shape, 0.7f),
                                       waves({shape[-1]}, 1.1f)};
    const std::vector<Array> got = run_op(fused, inputs), want = run_op(composed, inputs);
    for (size_t i = 0; i < got.size(); ++i)
      expect_near(got[i], want[i], 2e-4, shape.text() + ", output " + std::to_string(i));
  }
}

TEST(BatchNormGradient, SumsToZeroOverTheRows) {
  // A shift of a whole channel changes nothing, so its gradient has no sum.
  const Shape shape = {50, 6};
  const Array to_x = run_op(fused, {waves(shape, 0.3f), waves(shape, 0.7f), waves({6}, 1.1f)})[0];
  for (int64_t channel = 0; channel < 6; ++channel) {
    double sum = 0;
    for (int64_t row = 0; row < 50; ++row) sum += to_x.at<double>(row * 6 + channel);
    EXPECT_NEAR(sum, 0, 1e-5) << channel;
  }
}

TEST(BatchNormGradient, HasAGradientOfItsOwn) {
  const auto op = [](const Tensors& in) {
    return ops::batch_norm_gradient_op.all(Operands(in.begin(), in.end()), {kEpsilon});
  };
  // mean and variance as inputs: the gradient is that of the formula in the op's head.
  const std::vector<Array> inputs = {floats({1, -2, 0.5f, 3, -1, 1}, {3, 2}),
                                     floats({1, 10, 2, 30, 6, 20}, {3, 2}), floats({1, 2}, {2}),
                                     floats({3, 20}, {2}), floats({4.5f, 60}, {2})};
  const std::vector<Array> want = run_op(op, inputs);
  check_op({.op = op,
            .inputs = {inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]},
            .expect = {want[0], want[1], want[2]},
            .tolerance = 1e-5});
  // d offset = sum(grad), by hand.
  expect_near(want[2], floats({0.5f, 2}, {2}), 1e-6, "d offset");
}

TEST(BatchNormGradient, ThroughTheForwardOpTwice) {
  check_op({.op =
                [](const Tensor& x, const Tensor& scale, const Tensor& offset) {
                  return square(nn::fused_batch_norm(x, scale, offset, 0.1).y);
                },
            .inputs = {floats({1, -1, 2, 0.5f, -0.5f, 3}, {3, 2}), {1, 2}, {0.5, -1}},
            .expect = run_op(
                [](const Tensor& x, const Tensor& scale, const Tensor& offset) {
                  return square(nn::fused_batch_norm(x, scale, offset, 0.1).y);
                },
                {floats({1, -1, 2, 0.5f, -0.5f, 3}, {3, 2}), floats({1, 2}, {2}),
                 floats({0.5f, -1}, {2})})[0],
            .tolerance = 1e-5,
            .has_second_gradient = true});
}

TEST(BatchNormGradient, CountsTheRowsThatAreThere) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mask, const Tensor& scale, const Tensor& offset) {
                  return nn::fused_batch_norm(boolean_mask(x, mask), scale, offset, 0).y;
                },
            .inputs = {floats({1, 10, 50, 50, 3, 30}, {3, 2}),
                       bools({true, false, true}, {3}),
                       {2, 1},
                       {0, 1}},
            .expect = floats({-2, 0, 2, 2}, {2, 2}),
            .tolerance = 1e-5});
}

TEST(BatchNormGradient, OfNoRowsIsZero) {
  const std::vector<Array> got =
      run_op(fused, {floats({}, {0, 2}), floats({}, {0, 2}), floats({1, 2}, {2})});
  EXPECT_EQ(got[0].shape(), (Shape{0, 2}));
  expect_near(got[2], floats({0, 0}, {2}), 0, "d offset");
}

TEST(StatisticAxes, AreAllButTheLast) {
  EXPECT_EQ(ops::statistic_axes(4), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(ops::statistic_axes(1), std::vector<int64_t>{});
  const int64_t dims[] = {2, 3, 5};
  EXPECT_EQ(ops::channel_extents(dims, 3).rows, 6);
  EXPECT_EQ(ops::channel_extents(dims, 3).channels, 5);
}

}  // namespace batch_norm_gradient_test
}  // namespace reckon
