// SPDX-License-Identifier: Apache-2.0
// Element-wise arithmetic, comparison, logic, casts and reductions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

// Rules that hold for all of them: operands of one call have one dtype (a plain number takes it)
// and broadcast as NumPy's do; the result has the broadcast shape; another dtype or shape throws
// Error, kInvalidArgument, with the user's line. "Numbers" are float32, float64, int32, int64 and
// uint8; "floats" float32 and float64. Integer arithmetic wraps. Special values and gradients (also
// of ties) are those of TensorFlow 2.15.

// Arithmetic of numbers.
Tensor add(Operand a, Operand b);
Tensor subtract(Operand a, Operand b);
Tensor multiply(Operand a, Operand b);
/// a / b of floats; int32 and int64 give float64, uint8 gives float32.
Tensor divide(Operand a, Operand b);
Tensor negative(Operand x);
/// The magnitude; the lowest int32 or int64 stays as it is.
Tensor abs(Operand x);
/// -1, 0 or 1; NaN stays NaN.
Tensor sign(Operand x);
Tensor square(Operand x);
/// (a - b)^2
Tensor squared_difference(Operand a, Operand b);
/// The larger one, NaN if either is. The whole gradient of a tie goes to `a`.
Tensor maximum(Operand a, Operand b);
/// The smaller one, NaN if either is. The whole gradient of a tie goes to `a`.
Tensor minimum(Operand a, Operand b);
/// x limited to [lowest, highest]; the gradient at the limits is 1.
///   returns  the shape of x, which lowest and highest must broadcast to
Tensor clip_by_value(Operand x, Operand lowest, Operand highest);
/// base^exponent. A negative exponent of integers is an error of the step.
Tensor pow(Operand base, Operand exponent);
/// The sum of one or more tensors of one shape; nothing is broadcast.
Tensor add_n(const Tensors& parts, Place place = Place::here());

// Division with remainder, of numbers. An integer divided by zero is an error of the step.
/// Rounds towards minus infinity.
Tensor floordiv(Operand a, Operand b);
/// a - floordiv(a, b) * b: has the sign of b.
Tensor floormod(Operand a, Operand b);
/// Rounds towards zero.
Tensor truncatediv(Operand a, Operand b);
/// a - truncatediv(a, b) * b: has the sign of a.
Tensor truncatemod(Operand a, Operand b);

// Arithmetic of floats that is safe at zero.
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

// Functions of floats, float32 within 3 units in the last place of the truth.
Tensor reciprocal(Operand x);
Tensor sqrt(Operand x);
/// 1 / sqrt(x)
Tensor rsqrt(Operand x);
/// sqrt(a^2 + b^2), without overflow on the way.
Tensor hypot(Operand a, Operand b);
Tensor exp(Operand x);
/// exp(x) - 1, exact near zero.
Tensor expm1(Operand x);
Tensor log(Operand x);
/// log(1 + x), exact near zero.
Tensor log1p(Operand x);
/// The error function.
Tensor erf(Operand x);
/// 1 - erf(x), exact where it is small.
Tensor erfc(Operand x);
Tensor sin(Operand x);
Tensor cos(Operand x);
Tensor tan(Operand x);
Tensor asin(Operand x);
Tensor acos(Operand x);
Tensor atan(Operand x);
/// The angle of the point (x, y), in [-pi, pi].
Tensor atan2(Operand y, Operand x);
Tensor sinh(Operand x);
Tensor cosh(Operand x);
Tensor tanh(Operand x);
Tensor asinh(Operand x);
Tensor acosh(Operand x);
Tensor atanh(Operand x);

// Rounding: of floats; integers stay as they are. No gradient flows through.
Tensor floor(Operand x);
Tensor ceil(Operand x);
/// To the nearest integer, halves to the even one.
Tensor round(Operand x);
/// The same as round, by its C name; floats only.
Tensor rint(Operand x);

// Tests of floats: bool, of the shape of x.
Tensor is_nan(Operand x);
Tensor is_inf(Operand x);
Tensor is_finite(Operand x);

// Comparison: bool. Comparisons with NaN are false but for not_equal. There is no operator==.
/// Of numbers, bools and strings.
Tensor equal(Operand a, Operand b);
/// Of numbers, bools and strings.
Tensor not_equal(Operand a, Operand b);
Tensor less(Operand a, Operand b);
Tensor less_equal(Operand a, Operand b);
Tensor greater(Operand a, Operand b);
Tensor greater_equal(Operand a, Operand b);
/// |a - b| < tolerance, of numbers.
Tensor approximate_equal(Operand a, Operand b, double tolerance = 1e-5);

// Logic of bools.
Tensor logical_and(Operand a, Operand b);
Tensor logical_or(Operand a, Operand b);
Tensor logical_xor(Operand a, Operand b);
Tensor logical_not(Operand x);

// Bits of integers.
Tensor bitwise_and(Operand a, Operand b);
Tensor bitwise_or(Operand a, Operand b);
Tensor bitwise_xor(Operand a, Operand b);
Tensor invert(Operand x);
/// A count outside [0, width) is taken as the nearest end of it.
Tensor left_shift(Operand x, Operand count);
/// Keeps the sign of int32 and int64; counts as in left_shift.
Tensor right_shift(Operand x, Operand count);

/// `if_true` where `condition` (bool) holds, `if_false` elsewhere: numbers or bools, broadcast all
/// three. Both are computed; gradients reach only what was chosen.
Tensor where(Operand condition, Operand if_true, Operand if_false);
/// The same values.
Tensor identity(Operand x);
/// Zeros (false) of the shape and dtype of x.
Tensor zeros_like(Operand x);
/// Ones (true) of the shape and dtype of x.
Tensor ones_like(Operand x);
/// x repeated to `shape`, which may have more dimensions; extents of 1 are stretched.
Tensor broadcast_to(Operand x, const Shape& shape);
/// x itself; an infinity or NaN in it is an error of the step that begins with `message`.
///   x  float32 or float64
Tensor check_numerics(Operand x, const std::string& message);

/// x converted as C++ converts: numbers to bool are x != 0, floats to integers lose their fraction.
///   x, dtype  float32, float64, int32, int64, uint8, bool
Tensor cast(Operand x, DType dtype);
/// x limited to the range of `dtype`, then converted.
Tensor saturate_cast(Operand x, DType dtype);
/// The same bits as another dtype of that size: float32 and int32, float64 and int64.
Tensor bitcast(Operand x, DType dtype);

/// The axes of a reduction: `{}` or nothing means all; `{0, -1}`; one number; a vector (empty:
/// all). A negative axis counts from the end.
class Axes {
 public:
  Axes() = default;
  Axes(int64_t axis) : list_{axis}, is_all_(false) {}
  Axes(std::initializer_list<int64_t> axes) : list_(axes), is_all_(axes.size() == 0) {}
  Axes(std::vector<int64_t> axes) : list_(std::move(axes)), is_all_(list_.empty()) {}
  /// No axis: the reduction changes nothing but what it does to single elements.
  static Axes none() {
    Axes axes;
    axes.is_all_ = false;
    return axes;
  }

  bool is_all() const { return is_all_; }
  const std::vector<int64_t>& list() const { return list_; }

 private:
  std::vector<int64_t> list_;
  bool is_all_ = true;
};

struct ReduceFlags {
  bool keep_dims = false;  ///< reduced axes stay, with extent 1
};

// Reductions. An axis that does not exist or comes twice throws Error, kInvalidArgument.
/// Of numbers; nothing gives 0.
Tensor reduce_sum(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// Of numbers; integers truncate towards zero; nothing gives NaN.
Tensor reduce_mean(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// Of numbers; nothing gives 1.
Tensor reduce_prod(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// Of numbers; nothing gives the lowest value. Equal elements share the gradient evenly.
Tensor reduce_max(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// Of numbers; nothing gives the highest value. Equal elements share the gradient evenly.
Tensor reduce_min(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// Of bools; nothing gives false.
Tensor reduce_any(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// Of bools; nothing gives true.
Tensor reduce_all(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// log(sum(exp(x))) of floats, without overflow.
Tensor reduce_logsumexp(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The mean squared distance from the mean, of floats (divided by n, not n - 1).
Tensor reduce_variance(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The root of reduce_variance; its gradient at zero is NaN.
Tensor reduce_std(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The root of the sum of squares, of floats; its gradient at zero is NaN.
Tensor reduce_euclidean_norm(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// How many elements are not 0 (or are true): int64.
Tensor count_nonzero(Operand x, const Axes& axes = {}, ReduceFlags flags = {});

// Operators: the functions of the same meaning. One side must be a Tensor or an Array.
Tensor operator+(Operand a, Operand b);
Tensor operator-(Operand a, Operand b);
Tensor operator*(Operand a, Operand b);
Tensor operator/(Operand a, Operand b);
Tensor operator-(Operand x);
Tensor operator<(Operand a, Operand b);
Tensor operator<=(Operand a, Operand b);
Tensor operator>(Operand a, Operand b);
Tensor operator>=(Operand a, Operand b);
/// logical_and: both sides are computed.
Tensor operator&&(Operand a, Operand b);
/// logical_or: both sides are computed.
Tensor operator||(Operand a, Operand b);
Tensor operator!(Operand x);

}  // namespace reckon
