// SPDX-License-Identifier: Apache-2.0
// What each operation on Expr records, which lanes it takes, and the texts where it takes none.
#include "expr/expr.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/expect_error_testing.h"
#include "expr/builder.h"
#include "expr/reference_testing.h"

namespace reckon::expr {
namespace expr_test {

using base::expect_error;

/// The instructions of what `record` makes of inputs x, y, z of one lane, without the lines of
/// inputs and the return.
template <class Record>
std::string recorded(Lane lane, Record record) {
  Builder b;
  const Expr x = b.input(lane), y = b.input(lane), z = b.input(lane);
  const std::string text = b.finish({record(x, y, z)}).text();
  const size_t from = text.rfind("input\n") + 6, to = text.rfind("return");
  return text.substr(from, to - from);
}

constexpr Lane f32 = Lane::kFloat32, f64 = Lane::kFloat64, i32 = Lane::kInt32, i64 = Lane::kInt64,
               u8 = Lane::kUInt8, flag = Lane::kBool;

TEST(Expr, RecordsOneInstructionForEachArithmeticOperator) {
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return x + y; }), "%3:f32 = add %0 %1\n");
  EXPECT_EQ(recorded(i64, [](Expr x, Expr y, Expr) { return x - y; }), "%3:i64 = sub %0 %1\n");
  EXPECT_EQ(recorded(u8, [](Expr x, Expr y, Expr) { return x * y; }), "%3:u8 = mul %0 %1\n");
  EXPECT_EQ(recorded(f64, [](Expr x, Expr y, Expr) { return x / y; }), "%3:f64 = div %0 %1\n");
  EXPECT_EQ(recorded(i32, [](Expr x, Expr, Expr) { return -x; }), "%3:i32 = neg %0\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr z) { return fma(x, y, z); }),
            "%3:f32 = fma %0 %1 %2\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr, Expr) { return square(x); }), "%3:f32 = mul %0 %0\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return min(y, x); }), "%3:f32 = min %1 %0\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return max(x, y); }), "%3:f32 = max %0 %1\n");
}

TEST(Expr, ComparesByTwoOrdersAndTwoEqualities) {
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return x < y; }), "%3:bool = less %0 %1\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return x > y; }), "%3:bool = less %1 %0\n");
  EXPECT_EQ(recorded(i32, [](Expr x, Expr y, Expr) { return x <= y; }),
            "%3:bool = less_equal %0 %1\n");
  EXPECT_EQ(recorded(i32, [](Expr x, Expr y, Expr) { return x >= y; }),
            "%3:bool = less_equal %1 %0\n");
  EXPECT_EQ(recorded(flag, [](Expr x, Expr y, Expr) { return x == y; }), "%3:bool = equal %0 %1\n");
  EXPECT_EQ(recorded(u8, [](Expr x, Expr y, Expr) { return x != y; }),
            "%3:bool = not_equal %0 %1\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr, Expr) { return is_nan(x); }),
            "%3:bool = not_equal %0 %0\n");
}

TEST(Expr, MovesBits) {
  EXPECT_EQ(recorded(i32, [](Expr x, Expr y, Expr) { return x & y; }), "%3:i32 = and %0 %1\n");
  EXPECT_EQ(recorded(flag, [](Expr x, Expr y, Expr) { return x | y; }), "%3:bool = or %0 %1\n");
  EXPECT_EQ(recorded(flag, [](Expr x, Expr y, Expr) { return x && y; }), "%3:bool = and %0 %1\n");
  EXPECT_EQ(recorded(u8, [](Expr x, Expr y, Expr) { return x ^ y; }), "%3:u8 = xor %0 %1\n");
  EXPECT_EQ(recorded(i64, [](Expr x, Expr, Expr) { return ~x; }), "%3:i64 = not %0\n");
  EXPECT_EQ(recorded(i32, [](Expr x, Expr y, Expr) { return x << y; }),
            "%3:i32 = shift_left %0 %1\n");
  EXPECT_EQ(recorded(i32, [](Expr x, Expr y, Expr) { return shift_right_logical(x, y); }),
            "%3:i32 = shift_right_logical %0 %1\n");
  EXPECT_EQ(recorded(f64, [](Expr x, Expr, Expr) { return bitcast(x, i64); }),
            "%3:i64 = bitcast %0\n");
  EXPECT_EQ(recorded(f64, [](Expr x, Expr, Expr) { return convert(x, u8); }),
            "%3:u8 = convert %0\n");
}

TEST(Expr, DividesIntegersByOneOpcodeAndFloatsByTheirQuotient) {
  EXPECT_EQ(recorded(i32, [](Expr x, Expr y, Expr) { return floordiv(x, y); }),
            "%3:i32 = floor_div %0 %1\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return floordiv(x, y); }),
            "%3:f32 = div %0 %1\n%4:f32 = floor %3\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return truncatediv(x, y); }),
            "%3:f32 = div %0 %1\n%4:f32 = trunc %3\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return truncatemod(x, y); }),
            "%3:f32 = truncate_mod %0 %1\n");
  EXPECT_EQ(recorded(i64, [](Expr x, Expr y, Expr) { return floormod(x, y); }),
            "%3:i64 = floor_mod %0 %1\n");
  EXPECT_EQ(recorded(i32, [](Expr x, Expr y, Expr) { return pow(x, y); }),
            "%3:i32 = integer_pow %0 %1\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return pow(x, y); }), "%3:f32 = pow %0 %1\n");
}

TEST(Expr, LeavesIntegersAsTheyAreWhereRoundingWouldToo) {
  for (Lane lane : {i32, i64, u8}) {
    for (Expr (*round)(Expr) : {floor, ceil, rint, trunc}) {
      EXPECT_EQ(recorded(lane, [round](Expr x, Expr, Expr) { return round(x); }), "");
    }
  }
  EXPECT_EQ(recorded(u8, [](Expr x, Expr, Expr) { return abs(x); }), "");
  EXPECT_EQ(recorded(i32, [](Expr x, Expr, Expr) { return abs(x); }), "%3:i32 = abs %0\n");
}

TEST(Expr, TakesNumbersOnEitherSide) {
  const std::string two = "%3:f32 = constant 2\n";
  EXPECT_EQ(recorded(f32, [](Expr x, Expr, Expr) { return x / 2; }), two + "%4:f32 = div %0 %3\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr, Expr) { return 2.0 / x; }),
            two + "%4:f32 = div %3 %0\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr, Expr z) { return fma(2, x, z); }),
            two + "%4:f32 = fma %3 %0 %2\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr, Expr z) { return fma(x, 2, z); }),
            two + "%4:f32 = fma %0 %3 %2\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return fma(x, y, 2); }),
            two + "%4:f32 = fma %0 %1 %3\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr y, Expr) { return select(x < y, 2, x); }),
            "%3:bool = less %0 %1\n%4:f32 = constant 2\n%5:f32 = select %3 %4 %0\n");
  EXPECT_EQ(recorded(f32, [](Expr x, Expr, Expr) { return scale(x, 3); }),
            "%3:i32 = constant 3\n%4:f32 = scale %0 %3\n");
}

/// The value of one element, in double.
template <class Record>
double value_of(double x, double y, Record record) {
  Builder b;
  const Expr a = b.input(f64), c = b.input(f64);
  return run_reference(b.finish({record(a, c)}), {{.number = x}, {.number = y}}).outputs[0].number;
}

TEST(Expr, SignKeepsZerosAndNaN) {
  const auto sign_of = [](double x) {
    return value_of(x, 0, [](Expr a, Expr) { return sign(a); });
  };
  EXPECT_EQ(sign_of(7), 1);
  EXPECT_EQ(sign_of(-0.1), -1);
  EXPECT_TRUE(std::signbit(sign_of(-0.0)));
  EXPECT_FALSE(std::signbit(sign_of(0.0)));
  EXPECT_TRUE(std::isnan(sign_of(std::nan(""))));
}

TEST(Expr, FloorModHasTheSignOfTheDivisor) {
  const auto mod = [](double x, double y) {
    return value_of(x, y, [](Expr a, Expr b) { return floormod(a, b); });
  };
  for (double x : {-7.5, -3.0, -0.5, 0.0, 0.5, 3.0, 7.5}) {
    for (double y : {-3.0, -0.7, 0.7, 3.0}) {
      EXPECT_NEAR(mod(x, y), x - y * std::floor(x / y), 1e-12) << x << " mod " << y;
      EXPECT_TRUE(mod(x, y) == 0 || (mod(x, y) < 0) == (y < 0)) << x << " mod " << y;
    }
  }
}

TEST(Expr, TellsInfinitiesFromNumbers) {
  const auto flags = [](double x) {
    Builder b;
    const Expr a = b.input(f64);
    std::string text;
    for (const ReferenceValue& value :
         run_reference(b.finish({is_nan(a), is_inf(a), is_finite(a)}), {{.number = x}}).outputs) {
      text += value.integer != 0 ? '1' : '0';
    }
    return text;
  };
  EXPECT_EQ(flags(1e308), "001");
  EXPECT_EQ(flags(-std::numeric_limits<double>::infinity()), "010");
  EXPECT_EQ(flags(std::nan("")), "100");
}

TEST(Expr, RefusesLanesThatDiffer) {
  Builder b;
  const Expr x = b.input(f32), n = b.input(i32), c = b.input(flag);
  expect_error([&] { x + n; }, ErrorCode::kInvalidArgument,
               "[expr] add came with lanes f32 and i32, equal ones are expected; convert one of "
               "them");
  expect_error([&] { select(c, x, n); }, "select came with lanes f32 and i32");
  expect_error([&] { fma(x, x, n); }, "fma came with lanes f32 and i32");
  expect_error([&] { floordiv(x, n); }, "floor_div came with lanes f32 and i32");
  expect_error([&] { pow(n, x); }, "pow came with lanes i32 and f32");
}

TEST(Expr, RefusesLanesThatAnOpcodeDoesNotTake) {
  Builder b;
  const Expr n = b.input(i32), x = b.input(f32), c = b.input(flag), w = b.input(i64);
  expect_error([&] { exp(n); }, ErrorCode::kInvalidArgument,
               "[expr] exp came with a value of lane i32, expected a float; convert it first");
  expect_error([&] { x&& x; },
               "[expr] and came with a value of lane f32, expected a bool; convert it first");
  expect_error([&] { n / n; }, "div came with a value of lane i32, expected a float");
  expect_error([&] { c + c; }, "add came with a value of lane bool, expected a number");
  expect_error([&] { x& x; }, "and came with a value of lane f32, expected an integer or bool");
  expect_error([&] { c << c; }, "shift_left came with a value of lane bool, expected an integer");
  expect_error([&] { c < c; }, "less came with a value of lane bool, expected a number");
  expect_error([&] { select(x, x, x); }, "select came with a value of lane f32, expected a bool");
  expect_error([&] { mul_high(w, w); },
               "[expr] mul_high came with lane i64, i32 is expected; convert the operands");
  expect_error([&] { scale(x, x); },
               "[expr] scale came with an exponent of lane f32, i32 is expected; convert it first");
  expect_error([&] { scale(n, n); }, "scale came with a value of lane i32, expected a float");
  expect_error([&] { random_word(n, 1, w); },
               "[expr] random_word came with lane i32, i64 is expected; convert the operand");
}

TEST(Expr, BitcastsBetweenLanesOfOneSize) {
  Builder b;
  const Expr x = b.input(f32), byte = b.input(u8);
  expect_error([&] { bitcast(x, i64); },
               "[expr] bitcast came from lane f32 to i64, lanes of 4 or of 8 bytes are expected; "
               "use convert");
  expect_error([&] { bitcast(byte, flag); }, "bitcast came from lane u8 to bool");
}

TEST(Expr, RefusesFractionsAmongIntegers) {
  Builder b;
  const Expr n = b.input(i32);
  expect_error([&] { n + 0.5; }, ErrorCode::kInvalidArgument,
               "[expr] number 0.5 meets a value of lane i32, which does not hold it; convert the "
               "value to a float lane first");
  EXPECT_NO_THROW(n + 2.0);
}

TEST(Expr, RefusesNumbersAlone) {
  expect_error([] { Expr(1) + Expr(2); }, ErrorCode::kInvalidArgument,
               "[expr] add came with numbers only, at least one value with a lane is expected; "
               "make one with Builder::constant(number, lane)");
  expect_error([] { Expr(1.5).lane(); },
               "[expr] number 1.5 came alone, a value with a lane is expected");
  expect_error([] { convert(Expr(1), f32); }, "convert came with numbers only");
  Builder b;
  const Expr c = b.input(flag);
  expect_error([&] { select(c, 1, 2); }, "select came with numbers only");
}

TEST(Expr, BelongsToOneBuilder) {
  Builder here, there;
  const Expr x = here.input(f32), y = there.input(f32);
  expect_error([&] { x + y; }, ErrorCode::kInternal, "b.builder() == this");
}

}  // namespace expr_test
}  // namespace reckon::expr
