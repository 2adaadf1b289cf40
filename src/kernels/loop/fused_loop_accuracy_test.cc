// SPDX-License-Identifier: Apache-2.0
// float32 functions against the C library's double ones, over bit patterns spread across all
// floats.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "expr/builder.h"
#include "expr/reference_testing.h"
#include "expr/transform.h"
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/fused_loop.h"

namespace reckon::kernels {
namespace fused_loop_accuracy_test {

using expr::Builder;
using expr::Expr;
using expr::Lane;
using expr::Opcode;
using expr::Program;
using testing_support::available_isas;

using Function = Expr (*)(Expr);

Program program_of(Function function) {
  Builder builder;
  return builder.finish({function(builder.input(Lane::kFloat32))});
}

std::vector<float> all_over(uint32_t step) {
  std::vector<float> values;
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += step) {
    values.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  }
  for (float edge : {0.0f, 1.0f, 0.5f, 2.0f, 88.72284f, 89.5f, 103.9f, 104.1f, 0.927734375f, 10.0f,
                     std::numeric_limits<float>::infinity(), std::numeric_limits<float>::max(),
                     std::numeric_limits<float>::min(), std::numeric_limits<float>::denorm_min()}) {
    values.push_back(edge);
    values.push_back(-edge);
  }
  values.push_back(std::numeric_limits<float>::quiet_NaN());
  return values;
}

// Distance in units in the last place of the truth; denormal units below the normal range.
double units_off(float got, double truth) {
  if (std::isnan(truth)) return std::isnan(got) ? 0 : 1e9;
  const auto rounded = static_cast<float>(truth);
  if (got == rounded) return std::signbit(got) == std::signbit(rounded) ? 0 : 1e9;
  if (std::isnan(got) || std::isinf(got) != std::isinf(rounded)) {
    // The step from the largest float to infinity is one unit.
    const bool is_edge = std::abs(truth) > 3.402823e38 && !std::isnan(got);
    return is_edge ? 1 : 1e9;
  }
  int exponent;
  std::frexp(truth, &exponent);
  return std::abs(got - truth) / std::ldexp(1.0, std::max(exponent - 24, -149));
}

std::vector<float> run(const Program& program, const std::vector<const void*>& inputs, size_t n,
                       Isa isa) {
  const std::vector<std::vector<int64_t>> strides(inputs.size(), {1});
  const FusedLoop loop({program, {static_cast<int64_t>(n)}, strides, {{}}}, isa);
  std::vector<float> out(n);
  void* outputs[] = {out.data()};
  EXPECT_FALSE(loop.run(inputs.data(), outputs));
  return out;
}

struct Case {
  const char* name;
  Function function;
  double (*truth)(double);
};

double sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
double softplus(double x) { return (x > 0 ? x : 0.0) + std::log1p(std::exp(-std::abs(x))); }

const Case kCases[] = {
    {"exp", expr::exp, std::exp},           {"expm1", expr::expm1, std::expm1},
    {"log", expr::log, std::log},           {"log1p", expr::log1p, std::log1p},
    {"tanh", expr::tanh, std::tanh},        {"sigmoid", expr::sigmoid, sigmoid},
    {"softplus", expr::softplus, softplus}, {"erf", expr::erf, std::erf},
    {"erfc", expr::erfc, std::erfc},        {"sin", expr::sin, std::sin},
    {"cos", expr::cos, std::cos},           {"tan", expr::tan, std::tan},
    {"asin", expr::asin, std::asin},        {"acos", expr::acos, std::acos},
    {"atan", expr::atan, std::atan},        {"sinh", expr::sinh, std::sinh},
    {"cosh", expr::cosh, std::cosh},        {"asinh", expr::asinh, std::asinh},
    {"acosh", expr::acosh, std::acosh},     {"atanh", expr::atanh, std::atanh},
};

class Functions : public testing::TestWithParam<Case> {};

TEST_P(Functions, AreWithinThreeUnitsOfTheTruthOverAllFloats) {
  const std::vector<float> values = all_over(2503);
  const std::vector<float> got =
      run(program_of(GetParam().function), {values.data()}, values.size(), isa());
  double worst = 0;
  float worst_at = 0, worst_got = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double off = units_off(got[i], GetParam().truth(values[i]));
    if (off > worst) worst = off, worst_at = values[i], worst_got = got[i];
  }
  RecordProperty("units", std::to_string(worst));
  EXPECT_LE(worst, 3) << GetParam().name << "(" << worst_at << ") = " << worst_got << ", truth "
                      << GetParam().truth(worst_at);
}

TEST_P(Functions, HaveTheSameBitsExpandedAndOnEveryInstructionSet) {
  const std::vector<float> values = all_over(100003);
  const Program program = program_of(GetParam().function), expanded = expand(program);
  for (const expr::Instruction& instruction : expanded.instructions) {
    EXPECT_FALSE(is_composition(instruction.op)) << expanded.text();
  }
  const std::vector<float> want = run(program, {values.data()}, values.size(), Isa::kPortable);
  for (Isa isa : available_isas()) {
    for (const Program* form : {&program, &expanded}) {
      const std::vector<float> got = run(*form, {values.data()}, values.size(), isa);
      for (size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(want[i]) && std::isnan(got[i])) continue;
        ASSERT_EQ(std::bit_cast<uint32_t>(want[i]), std::bit_cast<uint32_t>(got[i]))
            << isa_name(isa) << (form == &expanded ? " expanded " : " ") << values[i];
      }
    }
  }
}

// The walk in double leaves the error of the polynomials, without the rounding of their steps.
TEST_P(Functions, AreCloseToTheTruthWhenTheirOpcodesDoNotRound) {
  const Program expanded = expand(program_of(GetParam().function));
  for (float x :
       {-3.0f, -0.9f, -0.3f, -1e-3f, 1e-6f, 0.1f, 0.45f, 0.7f, 0.999f, 1.2f, 2.5f, 7.0f}) {
    const double truth = GetParam().truth(x);
    const double got = run_reference(expanded, {{.number = x}}).outputs[0].number;
    if (std::isnan(truth))
      EXPECT_TRUE(std::isnan(got)) << x;
    else
      EXPECT_NEAR(got, truth, std::abs(truth) * 0x1p-23) << GetParam().name << "(" << x << ")";
  }
}

INSTANTIATE_TEST_SUITE_P(Float32, Functions, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

template <class Truth>
void expect_pairs_close(Expr (*function)(Expr, Expr), Truth truth) {
  Builder builder;
  const Expr a = builder.input(Lane::kFloat32), b = builder.input(Lane::kFloat32);
  const Program program = builder.finish({function(a, b)});
  const std::vector<float> some = all_over(9000011);
  std::vector<float> x, y;
  for (float u : some) {
    for (float v : some) x.push_back(u), y.push_back(v);
  }
  for (int i = 0; i < 200000; ++i) {  // where the results are ordinary numbers
    x.push_back(std::exp(static_cast<float>(i % 401) * 0.02f - 4.0f));
    y.push_back(static_cast<float>(i % 997) * 0.05f - 25.0f);
  }
  const std::vector<float> got = run(program, {x.data(), y.data()}, x.size(), isa());
  for (size_t i = 0; i < x.size(); ++i) {
    ASSERT_LE(units_off(got[i], truth(x[i], y[i])), 3)
        << x[i] << ", " << y[i] << ": " << got[i] << " and " << truth(x[i], y[i]);
  }
  const Program expanded = expand(program);
  for (Isa isa : available_isas()) {
    const std::vector<float> other = run(expanded, {x.data(), y.data()}, x.size(), isa);
    for (size_t i = 0; i < x.size(); ++i) {
      if (std::isnan(got[i]) && std::isnan(other[i])) continue;
      ASSERT_EQ(std::bit_cast<uint32_t>(got[i]), std::bit_cast<uint32_t>(other[i]))
          << x[i] << ' ' << y[i];
    }
  }
}

TEST(PairFunctions, PowIsCorrectForAllPairsOfKinds) {
  expect_pairs_close(expr::pow, [](double x, double y) { return std::pow(x, y); });
}
TEST(PairFunctions, Atan2IsCorrectForAllPairsOfKinds) {
  expect_pairs_close(expr::atan2, [](double y, double x) { return std::atan2(y, x); });
}
TEST(PairFunctions, FloorModHasTheSignOfTheDivisor) {
  Builder builder;
  const Expr a = builder.input(Lane::kFloat32), b = builder.input(Lane::kFloat32);
  const Program program = builder.finish({floormod(a, b)});
  const std::vector<float> x = {7.5f, -7.5f, 7.5f, -7.5f, 0.0f, 6.0f}, y = {2, 2, -2, -2, 3, 3};
  EXPECT_EQ(run(program, {x.data(), y.data()}, x.size(), isa()),
            (std::vector<float>{1.5f, 0.5f, -0.5f, -1.5f, 0.0f, 0.0f}));
}

}  // namespace fused_loop_accuracy_test
}  // namespace reckon::kernels
