// SPDX-License-Identifier: Apache-2.0
// Mean and variance over axes, and normalisation by given ones.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <reckon/nn.h>
#include <reckon/rows.h>
#include "check_op.h"

namespace reckon {
namespace moments_test {

using namespace testing;

OpUnderTest moments(Axes axes, bool keep_dims = false) {
  return [=](const Tensor& x) {
    const nn::Moments m = nn::moments(x, axes, {.keep_dims = keep_dims});
    return Tensors{m.mean, m.variance};
  };
}

const Array kMomentsRows = floats({1, 10, 2, 30, 6, 20}, {3, 2});
const Array kMomentsTable = floats({1, 2, 3, 4}, {2, 2});

TEST(Moments, AreMeanAndVariance) {
  check_op({.op = moments({0}),
            .inputs = {kMomentsRows},
            .expect = {{3, 20}, {14.0 / 3, 200.0 / 3}},
            .has_second_gradient = true});
  check_op({.op = moments({0}, true),
            .inputs = {kMomentsRows},
            .expect = {floats({3, 20}, {1, 2}), floats({14.0f / 3, 200.0f / 3}, {1, 2})}});
  check_op({.op = moments({}),
            .inputs = {kMomentsTable},
            .expect = {floats({2.5f}, {}), floats({1.25f}, {})}});
}

TEST(Moments, OfSeveralAxesLeaveTheChannels) {
  std::vector<float> values(12);
  std::iota(values.begin(), values.end(), 0.0f);
  check_op({.op = moments({0, 1}),
            .inputs = {floats(values, {2, 3, 2})},
            .expect = {{5, 6}, {35.0 / 3, 35.0 / 3}}});
}

TEST(Moments, DoNotCancelFarFromZero) {
  check_op({.op = moments({0}),
            .inputs = {{10001, 10002, 10003, 10004}},
            .expect = {floats({10002.5f}, {}), floats({1.25f}, {})},
            .tolerance = 1e-5,
            .gradient_tolerance = 1e-3});
}

TEST(Moments, CountTheRowsThatAreThere) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mask) {
                  const nn::Moments m = nn::moments(boolean_mask(x, mask), {0});
                  return Tensors{m.mean, m.variance};
                },
            .inputs = {kMomentsRows, bools({true, false, true}, {3})},
            .expect = {{3.5, 15}, {6.25, 25}}});
}

TEST(Moments, RefuseAxesThatDoNotExist) {
  expect_error([] { nn::moments(kMomentsRows, {2}); }, "there is no axis 2 in x, float32[3, 2]");
}

Tensors normalized(const Tensors& x) {
  return {nn::batch_normalization(x[0], x[1], x[2], x[3], x[4], 0)};
}

TEST(BatchNormalization, ScalesAndShifts) {
  check_op({.op = normalized,
            .inputs = {kMomentsTable, {1, 2}, {4, 16}, {10, 20}, {2, 4}},
            .expect = floats({10, 20, 12, 22}, {2, 2}),
            .has_second_gradient = true});
}

TEST(BatchNormalization, LeavesOutWhatIsNotGiven) {
  const std::vector<Values> inputs = {kMomentsTable, {1, 2}, {4, 16}};
  check_op({.op =
                [](const Tensor& x, const Tensor& mean, const Tensor& variance) {
                  return nn::batch_normalization(x, mean, variance, std::nullopt, std::nullopt, 0);
                },
            .inputs = inputs,
            .expect = floats({0, 0, 1, 0.5f}, {2, 2})});
  check_op({.op =
                [](const Tensor& x, const Tensor& mean, const Tensor& variance) {
                  return nn::batch_normalization(x, mean, variance, 3, std::nullopt, 0);
                },
            .inputs = inputs,
            .expect = floats({3, 3, 4, 3.5f}, {2, 2})});
  check_op({.op =
                [](const Tensor& x, const Tensor& mean, const Tensor& variance) {
                  return nn::batch_normalization(x, mean, variance, std::nullopt, 2, 0);
                },
            .inputs = inputs,
            .expect = floats({0, 0, 2, 1}, {2, 2})});
}

TEST(BatchNormalization, EpsilonKeepsAConstantChannelFinite) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mean, const Tensor& variance) {
                  return nn::batch_normalization(x, mean, variance, std::nullopt, std::nullopt,
                                                 0.25);
                },
            .inputs = {floats({1, 3}, {2, 1}), {1}, {0}},
            .expect = floats({0, 4}, {2, 1})});
}

TEST(BatchNormalization, RefusesShapesAndDtypesThatDoNotFit) {
  expect_error(
      [] {
        nn::batch_normalization(kMomentsTable, floats({1, 2, 3}, {3}), 1, std::nullopt,
                                std::nullopt, 0);
      },
      "shapes");
  expect_error(
      [] { nn::batch_normalization(ints({1}, {1}), 0, 1, std::nullopt, std::nullopt, 0.1); },
      "int32");
}

}  // namespace moments_test
}  // namespace reckon
