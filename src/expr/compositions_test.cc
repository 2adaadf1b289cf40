// SPDX-License-Identifier: Apache-2.0
// The float32 functions where mathematics has edges: signed zeros, infinities, NaN, poles, ends of
// ranges. The C library's float functions are the oracle; values between are tested with the loops.
#include "expr/compositions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/loop/register_lanes.h"

namespace reckon::expr {
namespace compositions_test {

using kernels::F32;
using kernels::Functions;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kMax = std::numeric_limits<float>::max();
constexpr float kSmallest = std::numeric_limits<float>::min();
constexpr float kDenormal = std::numeric_limits<float>::denorm_min();

/// Equal, or both NaN; zeros have their sign.
bool is_same(float got, float want) {
  if (std::isnan(want)) return std::isnan(got);
  return got == want && std::signbit(got) == std::signbit(want);
}

struct UnaryCase {
  const char* name;
  F32 (*function)(F32);
  float (*truth)(float);
};

float sigmoid_of(float x) {
  return static_cast<float>(1 / (1 + std::exp(-static_cast<double>(x))));
}
float softplus_of(float x) {
  return x > 80 ? x : static_cast<float>(std::log1p(std::exp(static_cast<double>(x))));
}

const UnaryCase kUnary[] = {
    {"exp", Functions::exp, std::exp},
    {"expm1", Functions::expm1, std::expm1},
    {"log", Functions::log, std::log},
    {"log1p", Functions::log1p, std::log1p},
    {"tanh", Functions::tanh, std::tanh},
    {"sigmoid", Functions::sigmoid, sigmoid_of},
    {"softplus", Functions::softplus, softplus_of},
    {"erf", Functions::erf, std::erf},
    {"erfc", Functions::erfc, std::erfc},
    {"sin", Functions::sin, std::sin},
    {"cos", Functions::cos, std::cos},
    {"tan", Functions::tan, std::tan},
    {"asin", Functions::asin, std::asin},
    {"acos", Functions::acos, std::acos},
    {"atan", Functions::atan, std::atan},
    {"sinh", Functions::sinh, std::sinh},
    {"cosh", Functions::cosh, std::cosh},
    {"asinh", Functions::asinh, std::asinh},
    {"acosh", Functions::acosh, std::acosh},
    {"atanh", Functions::atanh, std::atanh},
};

class Edges : public ::testing::TestWithParam<UnaryCase> {
 protected:
  static float value(float x) { return GetParam().function(F32(x)).v; }
  static float truth(float x) { return GetParam().truth(x); }
};

TEST_P(Edges, OfZerosInfinitiesAndNaNAreExact) {
  for (float x : {0.0f, -0.0f, kInfinity, -kInfinity, kNaN}) {
    const float got = value(x), want = truth(x);
    // Irrational ones, such as atan(inf), to the last place.
    const bool is_near = std::isfinite(want) && want != 0 && std::abs(got / want - 1) < 3e-7f;
    EXPECT_TRUE(is_same(got, want) || is_near) << GetParam().name << "(" << x << ") = " << got;
  }
}

TEST_P(Edges, OutsideOfTheDomainAreNaN) {
  for (float x : {-2.0f, -1.0f, 1.0f, 1.5f, 2.0f, -kMax, kMax, 100.0f, -100.0f, 0.999999f}) {
    EXPECT_EQ(std::isnan(value(x)), std::isnan(truth(x))) << GetParam().name << "(" << x << ")";
    EXPECT_EQ(std::isinf(value(x)), std::isinf(truth(x))) << GetParam().name << "(" << x << ")";
  }
}

// Odd functions near zero are their argument: nothing is lost to 1 + x.
TEST_P(Edges, KeepTinyNumbers) {
  for (float x : {1e-10f, -1e-10f, 1e-20f, -3e-30f, kSmallest}) {
    const float got = value(x), want = truth(x);
    if (std::abs(want) < kSmallest || !std::isfinite(want)) continue;
    EXPECT_NEAR(got / want, 1, 3e-7) << GetParam().name << "(" << x << ") = " << got;
  }
}

TEST_P(Edges, OverflowWhereTheTruthDoes) {
  for (float x : {88.0f, 88.7f, 88.73f, 89.0f, 90.0f, 104.0f, 1000.0f, -87.0f, -100.0f, -1000.0f}) {
    const float got = value(x), want = truth(x);
    EXPECT_EQ(std::isinf(got), std::isinf(want)) << GetParam().name << "(" << x << ") = " << got;
    if (std::isfinite(want) && std::abs(want) > kSmallest) {
      EXPECT_NEAR(got / want, 1, 1e-6) << GetParam().name << "(" << x << ") = " << got;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Compositions, Edges, ::testing::ValuesIn(kUnary),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Compositions, OfDenormalsAreNotLost) {
  EXPECT_NEAR(Functions::log(F32(kDenormal)).v, std::log(kDenormal), 1e-4);
  EXPECT_NEAR(Functions::log(F32(1e-40f)).v, std::log(1e-40f), 1e-4);
  EXPECT_TRUE(is_same(Functions::sin(F32(kDenormal)).v, kDenormal));
  EXPECT_TRUE(is_same(Functions::tanh(F32(-kDenormal)).v, -kDenormal));
  EXPECT_GT(Functions::exp(F32(-100.0f)).v, 0.0f) << "a denormal result";
  EXPECT_EQ(Functions::exp(F32(-104.0f)).v, 0.0f);
}

// Each special case of C99's annex F, and its neighbours.
TEST(Compositions, PowHasTheCasesOfAnnexF) {
  const std::vector<float> bases = {0.0f,       -0.0f, 1.0f,   -1.0f, 0.5f,  -0.5f,
                                    2.0f,       -2.0f, 3.0f,   kMax,  -kMax, kInfinity,
                                    -kInfinity, kNaN,  1e-30f, -8.0f};
  const std::vector<float> exponents = {0.0f,  -0.0f,     1.0f,       -1.0f, 2.0f,
                                        -2.0f, 3.0f,      -3.0f,      0.5f,  -0.5f,
                                        1e10f, kInfinity, -kInfinity, kNaN,  16777217.0f};
  for (float x : bases) {
    for (float y : exponents) {
      const float got = Functions::pow(F32(x), F32(y)).v, want = std::pow(x, y);
      const bool is_near = std::isfinite(want) && std::abs(want) > kSmallest && got != 0 &&
                           std::abs(got / want - 1) < 5e-7f;
      EXPECT_TRUE(is_same(got, want) || is_near)
          << x << " to the power " << y << " = " << got << ", not " << want;
    }
  }
}

TEST(Compositions, Atan2KnowsTheQuadrants) {
  const std::vector<float> values = {0.0f,  -0.0f,  1.0f,      -1.0f,      2.5f, -2.5f,
                                     1e30f, -1e30f, kInfinity, -kInfinity, kNaN, 1e-30f};
  for (float y : values) {
    for (float x : values) {
      const float got = Functions::atan2(F32(y), F32(x)).v, want = std::atan2(y, x);
      const bool is_near = want != 0 && std::abs(got / want - 1) < 5e-7f;
      EXPECT_TRUE(is_same(got, want) || is_near)
          << "atan2(" << y << ", " << x << ") = " << got << ", not " << want;
    }
  }
}

// A reduction of the angle that drops bits would show here.
TEST(Compositions, TrigonometryTakesLargeAngles) {
  for (float x : {1e3f, 1e5f, -1e6f, 16777216.0f, 1e10f, 3e20f, -1e38f}) {
    EXPECT_NEAR(Functions::sin(F32(x)).v, std::sin(static_cast<double>(x)), 3e-7) << x;
    EXPECT_NEAR(Functions::cos(F32(x)).v, std::cos(static_cast<double>(x)), 3e-7) << x;
  }
}

TEST(Compositions, SigmoidAndSoftplusSaturate) {
  EXPECT_EQ(Functions::sigmoid(F32(200.0f)).v, 1.0f);
  EXPECT_EQ(Functions::sigmoid(F32(0.0f)).v, 0.5f);
  EXPECT_GE(Functions::sigmoid(F32(-200.0f)).v, 0.0f);
  EXPECT_LT(Functions::sigmoid(F32(-200.0f)).v, 1e-38f);
  EXPECT_EQ(Functions::softplus(F32(500.0f)).v, 500.0f);
  EXPECT_EQ(Functions::softplus(F32(-500.0f)).v, 0.0f);
}

}  // namespace compositions_test
}  // namespace reckon::expr
