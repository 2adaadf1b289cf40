// SPDX-License-Identifier: Apache-2.0
// Ops that take axes away: sums, products, extremes and where they are, moments.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

// Numbers, floats, integers and errors are those of math.h. A negative axis counts from the end.

/// The axes of a reduction: `{}` or nothing means all; `{0, -1}`; one number; a vector (empty:
/// all). A negative axis counts from the end.
class Axes {
 public:
  /// All axes.
  Axes() = default;
  /// This one, or these. No list constructor: with one, GCC 12 takes `{.keep_dims = 1}` for axis 1.
  template <WholeType... T>
  requires(sizeof...(T) > 0) Axes(T... axes) : list_{Integer(axes)...}, is_all_(false) {}
  /// These; all, if there are none.
  Axes(std::vector<int64_t> axes) : list_(std::move(axes)), is_all_(list_.empty()) {}
  /// No axis: the reduction changes nothing but what it does to single elements.
  static Axes none() {
    Axes axes;
    axes.is_all_ = false;
    return axes;
  }

  /// True if they are all axes, however many x has.
  bool is_all() const { return is_all_; }
  /// The axes as they were written; empty if they are all or none.
  const std::vector<int64_t>& list() const { return list_; }

 private:
  std::vector<int64_t> list_;
  bool is_all_ = true;
};

/// What becomes of the shape in a reduction.
struct ReduceFlags {
  bool keep_dims = false;  ///< reduced axes stay, with extent 1
};

// Reductions: the shape of x without the reduced axes, of its dtype. The order of partial results
// follows from the shape alone. "Nothing" is an empty extent among those reduced.
//   throws  Error, kInvalidArgument, also for an axis that does not exist or comes twice
//   source  tf.math.reduce_…

/// The sum, of numbers; nothing gives 0. Integers wrap.
Tensor reduce_sum(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The mean, of numbers; nothing gives NaN. Integers are summed in int64 and the quotient truncates
/// towards zero; nothing is an error of the step.
Tensor reduce_mean(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The product, of numbers; nothing gives 1. Zeros do not spoil derivatives, of which there are
/// six.
Tensor reduce_prod(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The largest, of numbers, NaN if there is one; nothing gives the lowest value (-infinity). Equal
/// elements share the gradient evenly.
Tensor reduce_max(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The smallest, of numbers, NaN if there is one; nothing gives the highest value (infinity). Equal
/// elements share the gradient evenly.
Tensor reduce_min(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// True if any is, of bools; nothing gives false.
Tensor reduce_any(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// True if all are, of bools; nothing gives true.
Tensor reduce_all(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// log(sum(exp(x))) of floats, without overflow; nothing gives -infinity. The gradient is
/// softmax(x), and 0 where all are -infinity.
Tensor reduce_logsumexp(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The mean squared distance from the mean, of floats (divided by n, not n - 1); nothing gives NaN.
Tensor reduce_variance(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The root of reduce_variance; its gradient at zero is NaN.
Tensor reduce_std(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// The root of the sum of squares, of floats; its gradient at zero is NaN.
Tensor reduce_euclidean_norm(Operand x, const Axes& axes = {}, ReduceFlags flags = {});
/// How many elements are not 0 (NaN is not) or are true, of numbers or bools: int64.
Tensor count_nonzero(Operand x, const Axes& axes = {}, ReduceFlags flags = {});

// Positions of extremes; ties go to the lower index.

/// The index of the largest element along `axis`. NaN is passed over; 0 if there is nothing above
/// -infinity.
///   x        integers of any size, float32, float64 or bool, rank >= 1
///   returns  int32 or int64, as `dtype` says, of the shape of x without `axis`
///   throws   Error, kInvalidArgument, also if the axis is empty (an error of the step if only the
///            data know)
///   source   tf.math.argmax
Tensor argmax(Operand x, Integer axis = 0, DType dtype = kInt64);
/// The index of the smallest element along `axis`; all else as argmax. Source: tf.math.argmin.
Tensor argmin(Operand x, Integer axis = 0, DType dtype = kInt64);

/// What top_k finds.
struct TopK {
  Tensor values;   ///< x.shape[:-1] + [k], the dtype of x
  Tensor indices;  ///< int32, the same shape
};
/// The k largest elements of each row (the last dimension) in descending order; NaN comes first,
/// before infinity. Gradients flow through the values.
///   x       integers of any size, float32 or float64, rank >= 1
///   k       in [0, x.shape[-1]]; a shorter row that only the data know is an error of the step
///   source  tf.math.top_k
TopK top_k(Operand x, Integer k = 1);

}  // namespace reckon
