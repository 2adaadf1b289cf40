// SPDX-License-Identifier: Apache-2.0
// gelu: both forms, digits far left, second gradients.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/activations.h>
#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace gelu_test {

using namespace testing;

TEST(Gelu, WeighsByTheNormalDistribution) {
  check_op({.op = nn::gelu,
            .inputs = {{-2, -0.5, 0, 1, 3}},
            .expect = {-0.0455002639, -0.154268771, 0, 0.841344746, 2.99595031},
            .has_second_gradient = true});
}

TEST(Gelu, IsApproximatedByALogisticCurve) {
  check_op({.op = nn::Gelu{.approximate = true},
            .inputs = {{-2, -0.5, 0, 1, 3}},
            .expect = {-0.0454023059, -0.15428599, 0, 0.841191991, 2.99636261},
            .has_second_gradient = true});
}

TEST(Gelu, OfTheFurthestNumbersIsZeroOrTheNumber) {
  for (const auto& gelu : {nn::Gelu{}, nn::Gelu{.approximate = true}}) {
    check_op({.op = gelu,
              .inputs = {{-3e38, -1e5, 3e38, INFINITY, NAN}},
              .expect = {0, 0, 3e38, INFINITY, NAN},
              .has_gradient = false});
  }
}

TEST(Gelu, BothFormsStayNearEachOther) {
  std::vector<float> x;
  for (int i = -60; i <= 60; ++i) x.push_back(static_cast<float>(i) / 10);
  const Array points = floats(x, {static_cast<int64_t>(x.size())});
  const Array exact = run_op(nn::gelu, {points})[0];
  const Array approximate = run_op(nn::Gelu{.approximate = true}, {points})[0];
  expect_near(approximate, exact, 5e-4, "approximation");
  EXPECT_FALSE(approximate.same_bits(exact));
}

TEST(Gelu, KeepsDigitsFarLeft) {
  // x (1 + erf(x / sqrt 2)) / 2 would be 0 here: the sum cancels.
  check_op({.op = [](const Tensor& x) { return nn::gelu(x) * 1e7f; },
            .inputs = {{-6}},
            .expect = {-0.0591952575},
            .has_gradient = false});
}

TEST(Gelu, LeavesLargeNumbersAlone) {
  for (const bool approximate : {false, true}) {
    check_op(
        {.op = nn::Gelu{.approximate = approximate}, .inputs = {{-100, 100}}, .expect = {0, 100}});
  }
}

TEST(Gelu, RefusesIntegers) {
  expect_error([] { nn::gelu(ints({1}, {1})); },
               "[gelu] x is int32[1], expected float32 or float64; cast it first");
  expect_error([] { nn::Gelu{.approximate = true}(true); }, "[gelu] x is bool[]");
}

}  // namespace gelu_test
}  // namespace reckon
