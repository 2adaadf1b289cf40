// SPDX-License-Identifier: Apache-2.0
#include "expr/reference_testing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <type_traits>

#include "base/expect_error_testing.h"
#include "base/philox.h"
#include "expr/builder.h"

namespace reckon::expr {
namespace reference_test {

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

/// The integer that `record` makes of two values of one lane.
template <class Record>
int64_t whole(Lane lane, int64_t a, int64_t b, Record record) {
  Builder builder;
  const Expr x = builder.input(lane), y = builder.input(lane);
  return run_reference(builder.finish({record(x, y)}), {{.integer = a}, {.integer = b}})
      .outputs[0]
      .integer;
}

/// Integer operations against C++'s own on the lane's type, with operands at the ends of its range.
template <class T>
void expect_integer_arithmetic() {
  using Unsigned = std::make_unsigned_t<T>;
  using Limits = std::numeric_limits<T>;
  constexpr Lane kLane = lane_of<T>();
  for (T a : {T(0), T(1), T(7), T(100), Limits::max(), Limits::min(), static_cast<T>(-3)}) {
    for (T b : {T(1), T(2), T(5), Limits::max(), Limits::min(), static_cast<T>(-1)}) {
      if (b == 0) continue;  // a fault: tested apart
      const auto wrap = [](auto x) { return static_cast<int64_t>(static_cast<T>(x)); };
      const auto ua = static_cast<Unsigned>(a), ub = static_cast<Unsigned>(b);
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return x + y; }), wrap(ua + ub));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return x - y; }), wrap(ua - ub));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return x * y; }),
                wrap(static_cast<uint64_t>(ua) * ub));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return min(x, y); }), std::min(a, b));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return max(x, y); }), std::max(a, b));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return x & y; }), wrap(a & b));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return x ^ y; }), wrap(a ^ b));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr) { return -x; }), wrap(Unsigned(0) - ua));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr) { return ~x; }), wrap(~ua));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return x < y; }), a < b);
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return x >= y; }), a >= b);
      const bool overflows = std::is_signed_v<T> && a == Limits::min() && b == T(-1);
      const T quotient = overflows ? a : static_cast<T>(a / b);
      const T rest = overflows ? T(0) : static_cast<T>(a % b);
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return truncatediv(x, y); }), quotient);
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return truncatemod(x, y); }), rest);
      const bool is_off = rest != 0 && (rest < 0) != (b < 0);
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return floordiv(x, y); }),
                wrap(quotient - is_off));
      EXPECT_EQ(whole(kLane, a, b, [](Expr x, Expr y) { return floormod(x, y); }),
                wrap(is_off ? rest + b : rest));
    }
  }
}

TEST(Reference, DoesIntegerArithmeticAsItsTypeDoes) {
  expect_integer_arithmetic<int32_t>();
  expect_integer_arithmetic<int64_t>();
  expect_integer_arithmetic<uint8_t>();
}

TEST(Reference, TakesShiftCountsModuloTheWidth) {
  const auto left = [](Expr x, Expr y) { return x << y; };
  const auto right = [](Expr x, Expr y) { return x >> y; };
  const auto logical = [](Expr x, Expr y) { return shift_right_logical(x, y); };
  EXPECT_EQ(whole(Lane::kInt32, 3, 33, left), 6);
  EXPECT_EQ(whole(Lane::kInt64, 3, 33, left), int64_t{3} << 33);
  EXPECT_EQ(whole(Lane::kUInt8, 3, 9, left), 6);
  EXPECT_EQ(whole(Lane::kInt32, -8, 1, right), -4);
  EXPECT_EQ(whole(Lane::kInt32, -8, 29, logical), 7);
  EXPECT_EQ(whole(Lane::kInt64, -1, 63, logical), 1);
  EXPECT_EQ(whole(Lane::kUInt8, 200, 3, right), 25);
}

TEST(Reference, RaisesIntegersToPowersAndWraps) {
  const auto raised = [](Expr x, Expr y) { return pow(x, y); };
  EXPECT_EQ(whole(Lane::kInt64, 3, 39, raised), 4052555153018976267);
  EXPECT_EQ(whole(Lane::kInt64, -2, 63, raised), INT64_MIN);
  EXPECT_EQ(whole(Lane::kInt32, 10, 10, raised), static_cast<int32_t>(10000000000));
  EXPECT_EQ(whole(Lane::kUInt8, 2, 9, raised), 0);
  EXPECT_EQ(whole(Lane::kInt32, 0, 0, raised), 1);
}

/// The float that `record` makes of two float64.
template <class Record>
double number(double a, double b, Record record) {
  Builder builder;
  const Expr x = builder.input(Lane::kFloat64), y = builder.input(Lane::kFloat64);
  return run_reference(builder.finish({record(x, y)}), {{.number = a}, {.number = b}})
      .outputs[0]
      .number;
}

TEST(Reference, RoundsHalvesToEven) {
  const auto rounded = [](Expr x, Expr) { return rint(x); };
  EXPECT_EQ(number(0.5, 0, rounded), 0);
  EXPECT_EQ(number(1.5, 0, rounded), 2);
  EXPECT_EQ(number(-2.5, 0, rounded), -2);
  EXPECT_EQ(number(-2.5, 0, [](Expr x, Expr) { return floor(x); }), -3);
  EXPECT_EQ(number(-2.5, 0, [](Expr x, Expr) { return ceil(x); }), -2);
  EXPECT_EQ(number(-2.5, 0, [](Expr x, Expr) { return trunc(x); }), -2);
}

TEST(Reference, RoundsAFusedProductOnce) {
  const double x = 1 + 0x1p-30;
  EXPECT_EQ(number(x, 0, [](Expr a, Expr) { return fma(a, a, -1); }), std::fma(x, x, -1));
  EXPECT_NE(number(x, 0, [](Expr a, Expr) { return fma(a, a, -1); }), x * x - 1);
}

TEST(Reference, ComparesNaNAsNothingButDifferent) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Builder b;
  const Expr x = b.input(Lane::kFloat64), y = b.input(Lane::kFloat64);
  const Program program = b.finish({x < y, x <= y, x == y, x != y});
  for (const auto& [p, q] : {std::pair{nan, 1.0}, std::pair{1.0, nan}, std::pair{nan, nan}}) {
    const ReferenceResult result = run_reference(program, {{.number = p}, {.number = q}});
    EXPECT_EQ(result.outputs[0].integer, 0);
    EXPECT_EQ(result.outputs[1].integer, 0);
    EXPECT_EQ(result.outputs[2].integer, 0);
    EXPECT_EQ(result.outputs[3].integer, 1);
  }
}

TEST(Reference, SelectsByItsCondition) {
  Builder b;
  const Expr c = b.input(Lane::kBool), x = b.input(Lane::kInt64), y = b.input(Lane::kInt64);
  const Program program = b.finish({select(c, x, y)});
  const int64_t large = (int64_t{1} << 60) + 1;  // no double holds it
  EXPECT_EQ(run_reference(program, {{.integer = 1}, {.integer = large}, {}}).outputs[0].integer,
            large);
  EXPECT_EQ(run_reference(program, {{.integer = 0}, {}, {.integer = 5}}).outputs[0].integer, 5);
}

TEST(Reference, CastsBits) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), n = b.input(Lane::kInt64);
  const Program program = b.finish({bitcast(x, Lane::kInt32), bitcast(n, Lane::kFloat64)});
  const ReferenceResult result =
      run_reference(program, {{.number = -1.5}, {.integer = 0x3ff8000000000000}});
  EXPECT_EQ(result.outputs[0].integer, static_cast<int32_t>(0xbfc00000));
  EXPECT_EQ(result.outputs[1].number, 1.5);
}

TEST(Reference, RefusesAnotherNumberOfInputs) {
  Builder b;
  const Program program = b.finish({b.input(Lane::kFloat32)});
  base::expect_error([&] { run_reference(program, {}); }, ErrorCode::kInternal,
                     "inputs.size() == program.inputs.size()");
}

}  // namespace reference_test
}  // namespace reckon::expr
