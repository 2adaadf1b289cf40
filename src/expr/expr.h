// SPDX-License-Identifier: Apache-2.0
// Expr: a value of a program under construction; arithmetic on it records instructions.
// Numbers may stand wherever an Expr does: they take the lane of the other operand.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "expr/program.h"

namespace reckon::expr {

class Builder;

/// A handle, cheap to copy, valid as long as its Builder. Operands of one operation have one lane.
///   throws  Error, kInvalidArgument, from every operation whose operands have lanes it does not
///   take
class Expr {
 public:
  /// A number without a lane yet.
  template <class T>
  requires std::is_arithmetic_v<T> Expr(T number) {
    if constexpr (std::is_floating_point_v<T>) {
      number_ = static_cast<double>(number);
    } else {
      integer_ = static_cast<int64_t>(number);
      number_ = static_cast<double>(number);
      is_integer_ = true;
    }
  }

  Builder* builder() const { return builder_; }
  bool is_number() const { return builder_ == nullptr; }
  /// The value's id in the program; not for numbers.
  int32_t id() const { return id_; }
  Lane lane() const;

 private:
  friend class Builder;
  Expr(Builder* builder, int32_t id) : builder_(builder), id_(id) {}

  Builder* builder_ = nullptr;
  int32_t id_ = -1;
  bool is_integer_ = false;
  double number_ = 0;
  int64_t integer_ = 0;
};

// Arithmetic. `/` is for floats; integers say which division they mean (below).
Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr operator-(Expr x);
Expr fma(Expr a, Expr b, Expr c);  ///< a * b + c, rounded once
Expr sqrt(Expr x);
Expr abs(Expr x);
Expr sign(Expr x);  ///< -1, 0 or 1; zeros and NaN as they are
Expr square(Expr x);
Expr min(Expr a, Expr b);  ///< NaN if either is
Expr max(Expr a, Expr b);  ///< NaN if either is
Expr floor(Expr x);
Expr ceil(Expr x);
Expr rint(Expr x);  ///< to the nearest, ties to even
Expr trunc(Expr x);
Expr scale(Expr x, Expr exponent);  ///< float32 x times 2^exponent, int32
Expr reciprocal(Expr x);
Expr rsqrt(Expr x);

// Comparison and choice. Both sides of && and || are computed.
Expr operator<(Expr a, Expr b);
Expr operator<=(Expr a, Expr b);
Expr operator>(Expr a, Expr b);
Expr operator>=(Expr a, Expr b);
Expr operator==(Expr a, Expr b);
Expr operator!=(Expr a, Expr b);
Expr operator&&(Expr a, Expr b);
Expr operator||(Expr a, Expr b);
Expr operator!(Expr x);
Expr select(Expr condition, Expr if_true, Expr if_false);
Expr is_nan(Expr x);
Expr is_inf(Expr x);
Expr is_finite(Expr x);

// Bits and conversions.
Expr operator&(Expr a, Expr b);
Expr operator|(Expr a, Expr b);
Expr operator^(Expr a, Expr b);
Expr operator~(Expr x);
Expr operator<<(Expr x, Expr count);
Expr operator>>(Expr x, Expr count);  ///< keeps the sign
Expr shift_right_logical(Expr x, Expr count);
Expr mul_high(Expr a, Expr b);  ///< int32 taken as unsigned: upper half of the product
Expr convert(Expr x, Lane lane);
Expr bitcast(Expr x, Lane lane);

// Division with remainder, for integers and floats. An integer divided by zero is a fault of the
// loop.
Expr floordiv(Expr a, Expr b);     ///< floats: floor(a / b)
Expr floormod(Expr a, Expr b);     ///< has the divisor's sign
Expr truncatediv(Expr a, Expr b);  ///< floats: trunc(a / b)
Expr truncatemod(Expr a, Expr b);  ///< has the dividend's sign

// Functions, float32 within 3 units in the last place of the truth.
Expr exp(Expr x);
Expr expm1(Expr x);
Expr log(Expr x);
Expr log1p(Expr x);
Expr tanh(Expr x);
Expr sigmoid(Expr x);
Expr softplus(Expr x);  ///< log(1 + exp(x))
Expr erf(Expr x);
Expr erfc(Expr x);
Expr sin(Expr x);
Expr cos(Expr x);
Expr tan(Expr x);
Expr asin(Expr x);
Expr acos(Expr x);
Expr atan(Expr x);
Expr sinh(Expr x);
Expr cosh(Expr x);
Expr asinh(Expr x);
Expr acosh(Expr x);
Expr atanh(Expr x);
Expr pow(Expr base, Expr exponent);  ///< also integers; a negative exponent of them is a fault
Expr atan2(Expr y, Expr x);

// Random numbers: a pure function of (key, stream, index), all int64. Source: base/philox.h.
Expr random_word(Expr key, Expr stream, Expr index);  ///< int32, all 32 bits
Expr random_uniform(Expr key, Expr stream,
                    Expr index);  ///< float32 in [0, 1), unit_float of the word

}  // namespace reckon::expr
