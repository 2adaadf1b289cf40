// SPDX-License-Identifier: Apache-2.0
// Element-wise arithmetic, comparison, logic and casts.
#pragma once

#include <cstdint>
#include <string>

#include <reckon/operators.h>
#include <reckon/tensor.h>

namespace reckon {

// Rules that hold for all of them, unless a function says otherwise:
//   operands  of one dtype (a plain number takes it), broadcast as NumPy's do. "Numbers" are
//             float32, float64, int32, int64 and uint8; "floats" and "integers" are those of them
//   returns   the dtype of the operands and the broadcast shape; no elements give no elements
//   values    integers wrap; a NaN operand gives NaN; subnormal floats count as 0
//   gradients flow to floats, summed over what was broadcast; one that is exactly 0 stays 0,
//             also where the slope is infinite or NaN
//   throws    Error, kInvalidArgument, with the user's line, for another dtype, dtypes that differ
//             or shapes that do not broadcast; kFailedPrecondition while no graph is being built
//   source    tf.math's function of that name in TensorFlow 2.15, special values included; where
//             Reckon is finite and TensorFlow NaN, docs/differences.md says so
// "An error of the step" is what only the data show: the run throws Error, kInvalidArgument, with
// the line of the op.

// Arithmetic of numbers.

/// a + b.
Tensor add(Operand a, Operand b);
/// a - b.
Tensor subtract(Operand a, Operand b);
/// a * b.
Tensor multiply(Operand a, Operand b);
/// a / b of floats; int32 and int64 give float64, uint8 gives float32. Two plain integers throw. A
/// zero divisor gives an infinity, or NaN for 0 / 0.
Tensor divide(Operand a, Operand b);
/// -x; of uint8 modulo 256.
Tensor negative(Operand x);
/// The magnitude; the lowest int32 or int64 stays as it is. The gradient at 0 is 0.
Tensor abs(Operand x);
/// -1, 0 or 1; -0 and NaN stay as they are. No gradient flows through.
Tensor sign(Operand x);
/// x * x.
Tensor square(Operand x);
/// (a - b)^2, of uint8 modulo 256.
Tensor squared_difference(Operand a, Operand b);
/// The larger one, NaN if either is. The whole gradient of a tie goes to `a`.
Tensor maximum(Operand a, Operand b);
/// The smaller one, NaN if either is. The whole gradient of a tie goes to `a`.
Tensor minimum(Operand a, Operand b);
/// maximum(minimum(x, highest), lowest): `lowest` wins if it is above `highest`, NaN stays NaN; the
/// gradient at a limit flows to x.
///   lowest, highest  broadcast to the shape of x, which the result has
///   throws           Error, kInvalidArgument, also if they have more dimensions than x
///   source           tf.clip_by_value
Tensor clip_by_value(Operand x, Operand lowest, Operand highest);
/// base^exponent; 0^0 is 1, a negative base with a fractional exponent NaN. A negative exponent of
/// integers is an error of the step. The derivatives of x^n at 0 beyond the nth are 0 for a whole
/// n.
Tensor pow(Operand base, Operand exponent);
/// The sum of one or more tensors of one dtype and shape, in order; nothing is broadcast.
///   throws  Error, kInvalidArgument, also for no parts or shapes that differ
///   source  tf.add_n
Tensor add_n(const Tensors& parts, Place place = Place::here());

// Division with remainder, of numbers. An integer divided by zero is an error of the step; floats
// give an infinity or NaN. The gradient of a quotient is 0.

/// a / b rounded towards minus infinity.
Tensor floordiv(Operand a, Operand b);
/// a - floordiv(a, b) * b: has the sign of b.
Tensor floormod(Operand a, Operand b);
/// a / b rounded towards zero.
Tensor truncatediv(Operand a, Operand b);
/// a - truncatediv(a, b) * b: has the sign of a.
Tensor truncatemod(Operand a, Operand b);

// Arithmetic of floats that is safe at zero: the zero wins over an infinity or NaN.

/// a / b, and 0 where b is 0.
Tensor divide_no_nan(Operand a, Operand b);
/// a * b, and 0 where b is 0, even if a is infinite or NaN.
Tensor multiply_no_nan(Operand a, Operand b);
/// x / y, and 0 where x is 0.
Tensor xdivy(Operand x, Operand y);
/// x log(y), and 0 where x is 0.
Tensor xlogy(Operand x, Operand y);
/// x log(1 + y), and 0 where x is 0.
Tensor xlog1py(Operand x, Operand y);

// Functions of floats, float32 within 3 units in the last place of the truth; angles are in
// radians. Outside of a function's domain the result is NaN.

/// 1 / x; an infinity of the sign of x where x is 0.
Tensor reciprocal(Operand x);
/// The square root; the gradient at 0 is infinite.
Tensor sqrt(Operand x);
/// 1 / sqrt(x); infinite at 0.
Tensor rsqrt(Operand x);
/// sqrt(a^2 + b^2), without overflow on the way. The gradient at (0, 0) is NaN. Source: C's hypot,
/// but NaN if either operand is.
Tensor hypot(Operand a, Operand b);
/// e^x.
Tensor exp(Operand x);
/// exp(x) - 1, exact near zero.
Tensor expm1(Operand x);
/// The natural logarithm; -infinity at 0.
Tensor log(Operand x);
/// log(1 + x), exact near zero; -infinity at -1.
Tensor log1p(Operand x);
/// The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
Tensor erf(Operand x);
/// 1 - erf(x), exact where it is small.
Tensor erfc(Operand x);
/// The sine.
Tensor sin(Operand x);
/// The cosine.
Tensor cos(Operand x);
/// The tangent.
Tensor tan(Operand x);
/// The angle in [-pi/2, pi/2] whose sine is x, |x| <= 1.
Tensor asin(Operand x);
/// The angle in [0, pi] whose cosine is x, |x| <= 1.
Tensor acos(Operand x);
/// The angle in [-pi/2, pi/2] whose tangent is x.
Tensor atan(Operand x);
/// The angle of the point (x, y), in [-pi, pi]; 0 or pi, with the sign of y, where y is 0.
Tensor atan2(Operand y, Operand x);
/// (exp(x) - exp(-x)) / 2
Tensor sinh(Operand x);
/// (exp(x) + exp(-x)) / 2
Tensor cosh(Operand x);
/// sinh(x) / cosh(x), in [-1, 1].
Tensor tanh(Operand x);
/// The number whose sinh is x.
Tensor asinh(Operand x);
/// The number of at least 0 whose cosh is x, x >= 1.
Tensor acosh(Operand x);
/// The number whose tanh is x, |x| <= 1; infinite at -1 and 1.
Tensor atanh(Operand x);

// Rounding: of floats; integers stay as they are. No gradient flows through.

/// The largest whole number that is not above x.
Tensor floor(Operand x);
/// The smallest whole number that is not below x.
Tensor ceil(Operand x);
/// The nearest whole number, halves to the even one.
Tensor round(Operand x);
/// The same as round, by its C name; floats only.
Tensor rint(Operand x);

// Tests of floats: bool, of the shape of x.

/// True where x is NaN.
Tensor is_nan(Operand x);
/// True where x is an infinity of either sign.
Tensor is_inf(Operand x);
/// True where x is neither infinite nor NaN.
Tensor is_finite(Operand x);

// Comparison of numbers: bool, of the broadcast shape, through which no gradient flows. Comparisons
// with NaN are false but for not_equal. There is no operator==.

/// a == b, of numbers, bools or strings (byte by byte).
Tensor equal(Operand a, Operand b);
/// a != b, of numbers, bools or strings.
Tensor not_equal(Operand a, Operand b);
/// a < b.
Tensor less(Operand a, Operand b);
/// a <= b.
Tensor less_equal(Operand a, Operand b);
/// a > b.
Tensor greater(Operand a, Operand b);
/// a >= b.
Tensor greater_equal(Operand a, Operand b);
/// |a - b| < tolerance, of numbers.
Tensor approximate_equal(Operand a, Operand b, Real tolerance = 1e-5);

// Logic of bools: bool, of the broadcast shape.

/// True where both are.
Tensor logical_and(Operand a, Operand b);
/// True where either is.
Tensor logical_or(Operand a, Operand b);
/// True where one of them is and the other is not.
Tensor logical_xor(Operand a, Operand b);
/// True where x is false.
Tensor logical_not(Operand x);

// Bits of integers, in two's complement. Source: tf.bitwise.

/// The bits that both have.
Tensor bitwise_and(Operand a, Operand b);
/// The bits that either has.
Tensor bitwise_or(Operand a, Operand b);
/// The bits that one has and the other has not.
Tensor bitwise_xor(Operand a, Operand b);
/// The bits that x has not.
Tensor invert(Operand x);
/// x * 2^count, wrapped. A count outside [0, width) is taken as the nearest end of it.
Tensor left_shift(Operand x, Operand count);
/// x / 2^count, rounded down: keeps the sign of int32 and int64; counts as in left_shift.
Tensor right_shift(Operand x, Operand count);

// Choices and checks.

/// `if_true` where `condition` holds, `if_false` elsewhere. Both are computed; gradients reach only
/// what was chosen.
///   condition          bool; broadcasts with the other two
///   if_true, if_false  numbers or bools of one dtype, that of the result
///   source             tf.where
Tensor where(Operand condition, Operand if_true, Operand if_false);
/// x itself; an infinity or NaN in it, or in its gradient, is an error of the step that begins with
/// `message` and names the element.
///   x       floats
///   source  tf.debugging.check_numerics
Tensor check_numerics(Operand x, const std::string& message);

/// x converted as C++ converts: numbers to bool are x != 0 (NaN is true), floats to integers lose
/// their fraction. A float that does not fit, or NaN, gives the lowest int32 or int64; uint8 is the
/// low byte of that int32. Gradients flow between floats.
///   x, dtype  numbers or bool
///   source    tf.cast
Tensor cast(Operand x, DType dtype);
/// x limited to the range of `dtype`, an integer or (from float64) float32, then cast; to another
/// dtype the same as cast. NaN is cast.
///   x, dtype  numbers or bool
///   source    tf.saturate_cast
Tensor saturate_cast(Operand x, DType dtype);
/// The same bits as another dtype of that size: float32 and int32, float64 and int64. No gradient
/// flows through. Source: tf.bitcast.
Tensor bitcast(Operand x, DType dtype);

}  // namespace reckon
