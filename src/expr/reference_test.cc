// SPDX-License-Identifier: Apache-2.0
#include "expr/reference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/philox.h"
#include "expr/builder.h"

namespace reckon::expr {
namespace {

TEST(Reference, DoesNotRoundToFloat32) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Program program = b.finish({x / 3});
  EXPECT_EQ(run_reference(program, {{.number = 1}}).outputs[0].number, 1.0 / 3);
}

TEST(Reference, WrapsIntegersInTheirLane) {
  Builder b;
  const Expr x = b.input(Lane::kInt32), y = b.input(Lane::kUInt8);
  const Program program =
      b.finish({x + 1, y - 1, x >> 1, shift_right_logical(x, 1), mul_high(x, x), ~y});
  const int64_t most = std::numeric_limits<int32_t>::max(),
                least = std::numeric_limits<int32_t>::min();
  EXPECT_EQ(run_reference(program, {{.integer = most}, {}}).outputs[0].integer, least);
  const ReferenceResult result = run_reference(program, {{.integer = -2}, {.integer = 0}});
  EXPECT_EQ(result.outputs[1].integer, 255);
  EXPECT_EQ(result.outputs[2].integer, -1);
  EXPECT_EQ(result.outputs[3].integer, most);
  EXPECT_EQ(result.outputs[4].integer, static_cast<int32_t>(0xFFFFFFFCu));
  EXPECT_EQ(result.outputs[5].integer, 255);
}

TEST(Reference, PropagatesNaNAndKeepsTheFirstOfEqualZeros) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  const Program program = b.finish({min(x, y), max(x, y)});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [p, q] : {std::pair{nan, 1.0}, std::pair{1.0, nan}}) {
    for (const ReferenceValue& value :
         run_reference(program, {{.number = p}, {.number = q}}).outputs) {
      EXPECT_TRUE(std::isnan(value.number));
    }
  }
  EXPECT_TRUE(
      std::signbit(run_reference(program, {{.number = -0.0}, {.number = 0.0}}).outputs[1].number));
}

TEST(Reference, ReportsFaultsAndGoesOn) {
  Builder b;
  const Expr x = b.input(Lane::kInt64), y = b.input(Lane::kInt64);
  const Program division = b.finish({floordiv(x, y)}), power = b.finish({pow(x, y)});
  EXPECT_TRUE(run_reference(division, {{.integer = 1}, {.integer = 0}}).fault);
  EXPECT_FALSE(run_reference(division, {{.integer = 1}, {.integer = 2}}).fault);
  EXPECT_TRUE(run_reference(power, {{.integer = 2}, {.integer = -1}}).fault);
  EXPECT_EQ(run_reference(power, {{.integer = -3}, {.integer = 3}}).outputs[0].integer, -27);
}

TEST(Reference, ConvertsLikeTheProcessor) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Program program =
      b.finish({convert(x, Lane::kInt32), convert(x, Lane::kUInt8), convert(x, Lane::kBool)});
  const ReferenceResult result = run_reference(program, {{.number = -1.75}});
  EXPECT_EQ(result.outputs[0].integer, -1);
  EXPECT_EQ(result.outputs[1].integer, 255);
  EXPECT_EQ(result.outputs[2].integer, 1);
  EXPECT_EQ(run_reference(program, {{.number = 1e20}}).outputs[0].integer,
            std::numeric_limits<int32_t>::min());
}

TEST(Reference, CountsElementsAndDrawsPhiloxWords) {
  Builder b;
  const Expr key = b.input(Lane::kInt64);
  const Program program = b.finish({b.index(), random_uniform(key, 3, b.index())});
  const ReferenceResult result = run_reference(program, {{.integer = 42}}, 1001);
  EXPECT_EQ(result.outputs[0].integer, 1001);
  EXPECT_EQ(result.outputs[1].number, base::unit_float(base::philox(42, 3, 1001 / 4)[1001 % 4]));
}

TEST(Reference, ScalesByPowersOfTwo) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), n = b.input(Lane::kInt32);
  EXPECT_EQ(
      run_reference(b.finish({scale(x, n)}), {{.number = 3}, {.integer = -2}}).outputs[0].number,
      0.75);
}

}  // namespace
}  // namespace reckon::expr
