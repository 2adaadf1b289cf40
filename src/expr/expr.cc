// SPDX-License-Identifier: Apache-2.0
// What each operation on Expr records, and which lanes it takes.
#include "expr/expr.h"

#include <cstdint>
#include <limits>

#include "base/check.h"
#include "expr/builder.h"

namespace reckon::expr {
namespace {

enum class Takes { kAny, kNumeric, kFloat, kInteger, kBits, kBool };

bool takes(Takes kind, Lane lane) {
  switch (kind) {
    case Takes::kAny:
      return true;
    case Takes::kNumeric:
      return lane != Lane::kBool;
    case Takes::kFloat:
      return is_float(lane);
    case Takes::kInteger:
      return is_integer(lane);
    case Takes::kBits:
      return !is_float(lane);
    case Takes::kBool:
      return lane == Lane::kBool;
  }
  return false;
}

constexpr const char* kTakesText[] = {"any value",  "a number",           "a float",
                                      "an integer", "an integer or bool", "a bool"};

void require_lane(Opcode op, Takes kind, Lane lane) {
  base::require(takes(kind, lane), "expr", opcode_name(op), " came with a value of lane ",
                lane_name(lane), ", expected ", kTakesText[static_cast<int>(kind)],
                "; convert it first");
}

Builder& builder_of(Opcode op, std::initializer_list<Expr> operands) {
  for (const Expr& operand : operands) {
    if (!operand.is_number()) return *operand.builder();
  }
  base::fail(ErrorCode::kInvalidArgument, "expr", opcode_name(op),
             " came with numbers only, at least one value with a lane is expected; make one with "
             "Builder::constant(number, lane)");
}

Expr unary(Opcode op, Takes kind, Expr x) {
  Builder& builder = builder_of(op, {x});
  require_lane(op, kind, x.lane());
  return builder.record(op, x.lane(), x);
}

// Brings both to one lane: numbers take the lane of the other.
Lane meet(Opcode op, Builder& builder, Expr& a, Expr& b) {
  if (a.is_number()) a = builder.adopt(a, b.lane());
  if (b.is_number()) b = builder.adopt(b, a.lane());
  base::require(a.lane() == b.lane(), "expr", opcode_name(op), " came with lanes ",
                lane_name(a.lane()), " and ", lane_name(b.lane()),
                ", equal ones are expected; convert one of them");
  return a.lane();
}

Expr binary(Opcode op, Takes kind, Expr a, Expr b) {
  Builder& builder = builder_of(op, {a, b});
  const Lane lane = meet(op, builder, a, b);
  require_lane(op, kind, lane);
  return builder.record(op, lane, a, b);
}

Expr compare(Opcode op, Takes kind, Expr a, Expr b) {
  Builder& builder = builder_of(op, {a, b});
  require_lane(op, kind, meet(op, builder, a, b));
  return builder.record(op, Lane::kBool, a, b);
}

// Rounding of an integer is the integer.
Expr rounding(Opcode op, Expr x) { return is_integer(x.lane()) ? x : unary(op, Takes::kFloat, x); }

}  // namespace

Lane Expr::lane() const {
  base::require(builder_ != nullptr, "expr", "number ", number_,
                " came alone, a value with a lane is expected; make one with "
                "Builder::constant(number, lane)");
  return builder_->lane(*this);
}

Expr operator+(Expr a, Expr b) { return binary(Opcode::kAdd, Takes::kNumeric, a, b); }
Expr operator-(Expr a, Expr b) { return binary(Opcode::kSub, Takes::kNumeric, a, b); }
Expr operator*(Expr a, Expr b) { return binary(Opcode::kMul, Takes::kNumeric, a, b); }
Expr operator/(Expr a, Expr b) { return binary(Opcode::kDiv, Takes::kFloat, a, b); }
Expr operator-(Expr x) { return unary(Opcode::kNeg, Takes::kNumeric, x); }

Expr fma(Expr a, Expr b, Expr c) {
  Builder& builder = builder_of(Opcode::kFma, {a, b, c});
  const Lane lane = !a.is_number() ? a.lane() : !b.is_number() ? b.lane() : c.lane();
  a = builder.adopt(a, lane);
  meet(Opcode::kFma, builder, a, b);
  meet(Opcode::kFma, builder, a, c);
  require_lane(Opcode::kFma, Takes::kFloat, lane);
  return builder.record(Opcode::kFma, lane, a, b, c);
}

Expr sqrt(Expr x) { return unary(Opcode::kSqrt, Takes::kFloat, x); }
Expr abs(Expr x) { return x.lane() == Lane::kUInt8 ? x : unary(Opcode::kAbs, Takes::kNumeric, x); }
Expr sign(Expr x) {
  if (x.lane() == Lane::kUInt8) return min(x, 1);
  return select(x > 0, 1, select(x < 0, -1, x));
}
Expr square(Expr x) { return x * x; }
Expr min(Expr a, Expr b) { return binary(Opcode::kMin, Takes::kNumeric, a, b); }
Expr max(Expr a, Expr b) { return binary(Opcode::kMax, Takes::kNumeric, a, b); }
Expr floor(Expr x) { return rounding(Opcode::kFloor, x); }
Expr ceil(Expr x) { return rounding(Opcode::kCeil, x); }
Expr rint(Expr x) { return rounding(Opcode::kRint, x); }
Expr trunc(Expr x) { return rounding(Opcode::kTrunc, x); }
Expr scale(Expr x, Expr exponent) {
  Builder& builder = builder_of(Opcode::kScale, {x});
  require_lane(Opcode::kScale, Takes::kFloat, x.lane());
  exponent = builder.adopt(exponent, Lane::kInt32);
  base::require(exponent.lane() == Lane::kInt32, "expr", "scale came with an exponent of lane ",
                lane_name(exponent.lane()), ", i32 is expected; convert it first");
  return builder.record(Opcode::kScale, x.lane(), x, exponent);
}
Expr reciprocal(Expr x) { return 1 / x; }
Expr rsqrt(Expr x) { return 1 / sqrt(x); }

Expr operator<(Expr a, Expr b) { return compare(Opcode::kLess, Takes::kNumeric, a, b); }
Expr operator<=(Expr a, Expr b) { return compare(Opcode::kLessEqual, Takes::kNumeric, a, b); }
Expr operator>(Expr a, Expr b) { return b < a; }
Expr operator>=(Expr a, Expr b) { return b <= a; }
Expr operator==(Expr a, Expr b) { return compare(Opcode::kEqual, Takes::kAny, a, b); }
Expr operator!=(Expr a, Expr b) { return compare(Opcode::kNotEqual, Takes::kAny, a, b); }
Expr operator&&(Expr a, Expr b) { return binary(Opcode::kAnd, Takes::kBool, a, b); }
Expr operator||(Expr a, Expr b) { return binary(Opcode::kOr, Takes::kBool, a, b); }
Expr operator!(Expr x) { return unary(Opcode::kNot, Takes::kBool, x); }

Expr select(Expr condition, Expr if_true, Expr if_false) {
  Builder& builder = builder_of(Opcode::kSelect, {condition});
  require_lane(Opcode::kSelect, Takes::kBool, condition.lane());
  builder_of(Opcode::kSelect, {if_true, if_false});  // a lane must come from one of them
  const Lane lane = meet(Opcode::kSelect, builder, if_true, if_false);
  return builder.record(Opcode::kSelect, lane, condition, if_true, if_false);
}

Expr is_nan(Expr x) { return x != x; }
Expr is_inf(Expr x) { return abs(x) == std::numeric_limits<double>::infinity(); }
Expr is_finite(Expr x) { return abs(x) < std::numeric_limits<double>::infinity(); }

Expr operator&(Expr a, Expr b) { return binary(Opcode::kAnd, Takes::kBits, a, b); }
Expr operator|(Expr a, Expr b) { return binary(Opcode::kOr, Takes::kBits, a, b); }
Expr operator^(Expr a, Expr b) { return binary(Opcode::kXor, Takes::kBits, a, b); }
Expr operator~(Expr x) { return unary(Opcode::kNot, Takes::kBits, x); }
Expr operator<<(Expr x, Expr count) {
  return binary(Opcode::kShiftLeft, Takes::kInteger, x, count);
}
Expr operator>>(Expr x, Expr count) {
  return binary(Opcode::kShiftRight, Takes::kInteger, x, count);
}
Expr shift_right_logical(Expr x, Expr count) {
  return binary(Opcode::kShiftRightLogical, Takes::kInteger, x, count);
}
Expr mul_high(Expr a, Expr b) {
  const Expr product = binary(Opcode::kMulHigh, Takes::kInteger, a, b);
  base::require(product.lane() == Lane::kInt32, "expr", "mul_high came with lane ",
                lane_name(product.lane()), ", i32 is expected; convert the operands");
  return product;
}
Expr convert(Expr x, Lane lane) {
  return builder_of(Opcode::kConvert, {x}).record(Opcode::kConvert, lane, x);
}
Expr bitcast(Expr x, Lane lane) {
  Builder& builder = builder_of(Opcode::kBitcast, {x});
  base::require(lane_size(x.lane()) == lane_size(lane) && lane_size(lane) >= 4, "expr",
                "bitcast came from lane ", lane_name(x.lane()), " to ", lane_name(lane),
                ", lanes of 4 or of 8 bytes are expected; use convert");
  return builder.record(Opcode::kBitcast, lane, x);
}

namespace {

// Division whose integer form is one opcode; `of_floats` records the float form.
Expr remainder_division(Opcode op, Expr a, Expr b, Expr (*of_floats)(Expr, Expr)) {
  Builder& builder = builder_of(op, {a, b});
  if (is_float(meet(op, builder, a, b))) return of_floats(a, b);
  return binary(op, Takes::kInteger, a, b);
}

}  // namespace

Expr floordiv(Expr a, Expr b) {
  return remainder_division(Opcode::kFloorDiv, a, b, [](Expr x, Expr y) { return floor(x / y); });
}
Expr truncatediv(Expr a, Expr b) {
  return remainder_division(Opcode::kTruncateDiv, a, b,
                            [](Expr x, Expr y) { return trunc(x / y); });
}
Expr truncatemod(Expr a, Expr b) { return binary(Opcode::kTruncateMod, Takes::kNumeric, a, b); }
Expr floormod(Expr a, Expr b) {
  return remainder_division(Opcode::kFloorMod, a, b, [](Expr x, Expr y) {
    const Expr rest = truncatemod(x, y);
    return select(rest != 0 && (rest < 0) != (y < 0), rest + y, rest);
  });
}

Expr exp(Expr x) { return unary(Opcode::kExp, Takes::kFloat, x); }
Expr expm1(Expr x) { return unary(Opcode::kExpm1, Takes::kFloat, x); }
Expr log(Expr x) { return unary(Opcode::kLog, Takes::kFloat, x); }
Expr log1p(Expr x) { return unary(Opcode::kLog1p, Takes::kFloat, x); }
Expr tanh(Expr x) { return unary(Opcode::kTanh, Takes::kFloat, x); }
Expr sigmoid(Expr x) { return unary(Opcode::kSigmoid, Takes::kFloat, x); }
Expr softplus(Expr x) { return unary(Opcode::kSoftplus, Takes::kFloat, x); }
Expr erf(Expr x) { return unary(Opcode::kErf, Takes::kFloat, x); }
Expr erfc(Expr x) { return unary(Opcode::kErfc, Takes::kFloat, x); }
Expr sin(Expr x) { return unary(Opcode::kSin, Takes::kFloat, x); }
Expr cos(Expr x) { return unary(Opcode::kCos, Takes::kFloat, x); }
Expr tan(Expr x) { return unary(Opcode::kTan, Takes::kFloat, x); }
Expr asin(Expr x) { return unary(Opcode::kAsin, Takes::kFloat, x); }
Expr acos(Expr x) { return unary(Opcode::kAcos, Takes::kFloat, x); }
Expr atan(Expr x) { return unary(Opcode::kAtan, Takes::kFloat, x); }
Expr sinh(Expr x) { return unary(Opcode::kSinh, Takes::kFloat, x); }
Expr cosh(Expr x) { return unary(Opcode::kCosh, Takes::kFloat, x); }
Expr asinh(Expr x) { return unary(Opcode::kAsinh, Takes::kFloat, x); }
Expr acosh(Expr x) { return unary(Opcode::kAcosh, Takes::kFloat, x); }
Expr atanh(Expr x) { return unary(Opcode::kAtanh, Takes::kFloat, x); }
Expr pow(Expr base, Expr exponent) {
  Builder& builder = builder_of(Opcode::kPow, {base, exponent});
  const Lane lane = meet(Opcode::kPow, builder, base, exponent);
  return binary(is_float(lane) ? Opcode::kPow : Opcode::kIntegerPow, Takes::kNumeric, base,
                exponent);
}
Expr atan2(Expr y, Expr x) { return binary(Opcode::kAtan2, Takes::kFloat, y, x); }

Expr random_word(Expr key, Expr stream, Expr index) {
  Builder& builder = builder_of(Opcode::kRandomWord, {key, stream, index});
  for (Expr* operand : {&key, &stream, &index}) {
    *operand = builder.adopt(*operand, Lane::kInt64);
    base::require(operand->lane() == Lane::kInt64, "expr", "random_word came with lane ",
                  lane_name(operand->lane()), ", i64 is expected; convert the operand");
  }
  return builder.record(Opcode::kRandomWord, Lane::kInt32, key, stream, index);
}

Expr random_uniform(Expr key, Expr stream, Expr index) {
  const Expr upper = shift_right_logical(random_word(key, stream, index), 8);
  return convert(upper, Lane::kFloat32) * 0x1p-24;
}

}  // namespace reckon::expr
