// SPDX-License-Identifier: Apache-2.0
// Programs from programs: fused, expanded to basic opcodes, freed of dead code. Values stay.
#include "expr/transform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/expect_error_testing.h"
#include "expr/reference_testing.h"

namespace reckon::expr {
namespace transform_test {

Program sloped_relu(double slope) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  return b.finish({select(x > 0, x, slope * x)});
}

TEST(InlineProgram, FusesAndSharesWhatIsEqual) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Expr first = inline_program(b, sloped_relu(0.2), {x})[0];
  const Expr second = inline_program(b, sloped_relu(0.2), {x})[0];
  EXPECT_EQ(first.id(), second.id());
  const Expr other = inline_program(b, sloped_relu(0.2), {first * 2})[0];
  EXPECT_NE(first.id(), other.id());
}

TEST(InlineProgram, TakesNumbersForInputs) {
  Builder b;
  EXPECT_EQ(inline_program(b, sloped_relu(0.2), {-1.0})[0].lane(), Lane::kFloat32);
}

TEST(InlineProgram, GivesEveryOutputAndInputsThatPassThrough) {
  Builder inner, outer;
  const Expr a = inner.input(Lane::kFloat32), b = inner.input(Lane::kFloat32);
  const Program program = inner.finish({b, a - b, b});
  const Expr x = outer.input(Lane::kFloat32), y = outer.input(Lane::kFloat32);
  const std::vector<Expr> outputs = inline_program(outer, program, {y, x});
  ASSERT_EQ(outputs.size(), 3u);
  EXPECT_EQ(outputs[0].id(), x.id());
  EXPECT_EQ(outputs[2].id(), x.id());
  EXPECT_EQ(outer.finish({outputs[1]}).text(),
            "%0:f32 = input\n%1:f32 = input\n%2:f32 = sub %1 %0\nreturn %2\n");
}

TEST(InlineProgram, SimplifiesWhatItsNewOperandsAllow) {
  Builder inner, outer;
  const Program product = inner.finish({inner.input(Lane::kFloat32) * inner.input(Lane::kFloat32)});
  const Expr x = outer.input(Lane::kFloat32);
  EXPECT_EQ(inline_program(outer, product, {x, 1})[0].id(), x.id());
}

TEST(InlineProgram, RefusesOtherInputsThanTheProgramHas) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), wide = b.input(Lane::kFloat64);
  base::expect_error(
      [&] {
        inline_program(b, sloped_relu(0.2), {x, x});
      },
      ErrorCode::kInternal, "inputs.size() == program.inputs.size()");
  base::expect_error([&] { inline_program(b, sloped_relu(0.2), {wide}); }, ErrorCode::kInternal,
                     "lane() == program.inputs[i]");
}

struct FunctionCase {
  const char* name;
  Expr (*function)(Expr);
  double (*truth)(double);
};

double true_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double true_softplus(double x) { return std::log1p(std::exp(x)); }

const FunctionCase kFunctions[] = {{"exp", exp, std::exp},
                                   {"expm1", expm1, std::expm1},
                                   {"log", log, std::log},
                                   {"log1p", log1p, std::log1p},
                                   {"tanh", tanh, std::tanh},
                                   {"sigmoid", sigmoid, true_sigmoid},
                                   {"softplus", softplus, true_softplus},
                                   {"erf", erf, std::erf},
                                   {"erfc", erfc, std::erfc},
                                   {"sin", sin, std::sin},
                                   {"cos", cos, std::cos},
                                   {"tan", tan, std::tan},
                                   {"asin", asin, std::asin},
                                   {"acos", acos, std::acos},
                                   {"atan", atan, std::atan},
                                   {"sinh", sinh, std::sinh},
                                   {"cosh", cosh, std::cosh},
                                   {"asinh", asinh, std::asinh},
                                   {"acosh", acosh, std::acosh},
                                   {"atanh", atanh, std::atanh}};

Program of_function(const FunctionCase& c, Lane lane) {
  Builder b;
  return b.finish({c.function(b.input(lane))});
}

double walked(const Program& program, double x, double y = 0) {
  std::vector<ReferenceValue> inputs = {{.number = x}};
  if (program.inputs.size() > 1) inputs.push_back({.number = y});
  return run_reference(program, inputs).outputs[0].number;
}

TEST(Expand, LeavesBasicOpcodesOnly) {
  for (const FunctionCase& c : kFunctions) {
    const Program expanded = expand(of_function(c, Lane::kFloat32));
    EXPECT_EQ(expanded.inputs, std::vector<Lane>{Lane::kFloat32}) << c.name;
    EXPECT_EQ(expanded.output_lane(0), Lane::kFloat32) << c.name;
    EXPECT_GT(expanded.instructions.size(), 3u) << c.name;
    for (const Instruction& instruction : expanded.instructions) {
      EXPECT_FALSE(is_composition(instruction.op)) << c.name << ": " << opcode_name(instruction.op);
    }
  }
}

// The walk does not round, so what is left is the error of the polynomials.
TEST(Expand, KeepsTheFunctionsValues) {
  for (const FunctionCase& c : kFunctions) {
    const Program expanded = expand(of_function(c, Lane::kFloat32));
    for (double x : {-20.0, -3.0, -1.5, -1.0, -0.9, -0.3, -1e-3, 0.0, 1e-3, 0.3, 0.9, 1.0, 1.5, 3.0,
                     20.0, 80.0}) {
      const double want = c.truth(x);
      if (std::abs(want) > 3e38) continue;
      const double got = walked(expanded, x);
      EXPECT_EQ(std::isnan(got), std::isnan(want)) << c.name << " of " << x;
      if (std::isinf(want)) {
        EXPECT_EQ(got, want) << c.name << " of " << x;
      } else if (!std::isnan(want)) {
        EXPECT_NEAR(got, want, 4e-7 * std::max(1.0, std::abs(want))) << c.name << " of " << x;
      }
    }
  }
}

TEST(Expand, LetsNaNPass) {
  for (const FunctionCase& c : kFunctions) {
    const Program expanded = expand(of_function(c, Lane::kFloat32));
    EXPECT_TRUE(std::isnan(walked(expanded, std::nan("")))) << c.name;
  }
}

TEST(Expand, WritesOutPairFunctions) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  const Program power = expand(b.finish({pow(x, y)})), angle = expand(b.finish({atan2(x, y)}));
  for (const Program& program : {power, angle}) {
    for (const Instruction& instruction : program.instructions) {
      EXPECT_FALSE(is_composition(instruction.op)) << opcode_name(instruction.op);
    }
  }
  for (double p : {0.5, 1.0, 2.0, 7.25}) {
    for (double q : {-2.0, -0.5, 0.0, 1.0, 3.0}) {
      EXPECT_NEAR(walked(power, p, q), std::pow(p, q), 4e-7 * std::max(1.0, std::pow(p, q)))
          << p << ", " << q;
      EXPECT_NEAR(walked(angle, q, p), std::atan2(q, p), 4e-7) << q << ", " << p;
      EXPECT_NEAR(walked(angle, q, -p), std::atan2(q, -p), 4e-7) << q << ", " << -p;
    }
  }
  EXPECT_NEAR(walked(power, -2, 3), -8, 4e-6);
  EXPECT_TRUE(std::isnan(walked(power, -2, 0.5)));
}

TEST(Expand, LeavesFloat64FunctionsToTheLibrary) {
  for (const FunctionCase& c : kFunctions) {
    const Program program = of_function(c, Lane::kFloat64);
    EXPECT_EQ(expand(program), program) << c.name;
  }
}

TEST(Expand, LeavesBasicProgramsAsTheyAre) {
  EXPECT_EQ(expand(sloped_relu(0.2)), sloped_relu(0.2));
  const Program once = expand(of_function(kFunctions[0], Lane::kFloat32));
  EXPECT_EQ(expand(once), once) << "nothing is left to write out";
}

TEST(Expand, SharesWhatTwoFunctionsHaveInCommon) {
  Builder one, two;
  const Expr x = one.input(Lane::kFloat32), y = two.input(Lane::kFloat32);
  const size_t single = expand(one.finish({exp(x)})).instructions.size();
  const size_t both = expand(two.finish({exp(y), exp(y) + 1})).instructions.size();
  EXPECT_LE(both, single + 2) << "one sum and its number";
}

TEST(MayFault, IsSoOfIntegersDividedOrRaisedOnly) {
  const auto faults = [](Lane lane, Expr (*function)(Expr, Expr)) {
    Builder b;
    const Expr x = b.input(lane), y = b.input(lane);
    return may_fault(b.finish({function(x, y)}));
  };
  for (const Lane lane : {Lane::kInt32, Lane::kInt64}) {
    EXPECT_TRUE(faults(lane, floordiv));
    EXPECT_TRUE(faults(lane, floormod));
    EXPECT_TRUE(faults(lane, truncatediv));
    EXPECT_TRUE(faults(lane, truncatemod));
    EXPECT_TRUE(faults(lane, pow));
    EXPECT_FALSE(faults(lane, max));
  }
  EXPECT_FALSE(faults(Lane::kFloat32, floordiv));
  EXPECT_FALSE(faults(Lane::kFloat64, floormod));
  EXPECT_FALSE(faults(Lane::kFloat32, pow));
}

}  // namespace transform_test
}  // namespace reckon::expr
