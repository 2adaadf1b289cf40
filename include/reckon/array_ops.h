// SPDX-License-Identifier: Apache-2.0
// Ops that change shapes, move elements or find positions. Those that only move take every dtype.
// A negative axis counts from the end; an axis that does not exist throws Error, kInvalidArgument,
// as does every other argument that does not fit the shapes, with the user's line.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

// Source, unless one is named: TensorFlow 2.15's function of that name. "An error of the step" is
// what only the data show: the run throws Error, kInvalidArgument, with the line of the op.

// Shapes. None of these moves an element.

/// The same elements in row-major order under another shape.
///   x        any dtype
///   shape    one dimension may be -1: it follows from the rest
///   returns  that shape, the dtype of x
///   throws   Error, kInvalidArgument, if the numbers of elements differ, two dimensions are -1, or
///            a size that only the data know is to be split
Tensor reshape(Operand x, const Shape& shape);
/// All but the first dimension become one: [batch, 28, 28] gives [batch, 784], [batch] gives
/// [batch, 1].
///   x       any dtype, rank >= 1
///   source  tf.compat.v1.layers.flatten
Tensor flatten(Operand x);
/// A dimension of extent 1 that becomes axis `axis` of the result; -1 appends it.
///   x     any dtype
///   axis  in [-rank - 1, rank]
Tensor expand_dims(Operand x, Integer axis);
/// Drops dimensions of extent 1: those of `axes`, or all that are known to be 1 while the graph is
/// built.
///   x       any dtype
///   throws  Error, kInvalidArgument, if one of `axes` has another extent; an unknown one is looked
///           at when it is known
Tensor squeeze(Operand x, const std::vector<int>& axes = {});

/// The extents of x.
///   x        any dtype; its values are not needed
///   returns  int32[rank] or int64[rank], as `dtype` says
Tensor shape(Operand x, DType dtype = kInt32);
/// The number of elements of x, 1 for a scalar.
///   x        any dtype; its values are not needed
///   returns  int32[] or int64[], as `dtype` says
///   throws   Error, kInvalidArgument, for more elements than int32 counts (an error of the step if
///            only the data know), as shape() for such an extent
Tensor size(Operand x, DType dtype = kInt32);
/// The number of dimensions of x: int32[], a constant.
Tensor rank(Operand x);

// New values.

/// `value` in every element.
///   shape    all extents known
///   value    a scalar of any dtype, that of the result
Tensor fill(const Shape& shape, Operand value);
/// Zeros, false or empty strings: `shape`, all known, of any dtype.
Tensor zeros(const Shape& shape, DType dtype = kFloat32, Place place = Place::here());
/// Ones or true: `shape`, all known, of float32, float64, int32, int64, uint8 or bool.
Tensor ones(const Shape& shape, DType dtype = kFloat32, Place place = Place::here());
/// start, start + delta … up to `limit`, without it; nothing if start is limit.
///   start, limit, delta  constant scalars of one dtype, int32, int64, float32 or float64: a size
///                        that only the data know has no bound here. Distances must fit the dtype
///   returns  [ceil((limit - start) / delta)] of that dtype; plain numbers give float32 or int32
///   throws   Error, kInvalidArgument, also if delta is 0 or leads away from limit
Tensor range(Operand start, Operand limit, Operand delta = 1);

/// What one_hot writes, and where.
struct OneHotOptions {
  int axis = -1;           ///< where the new dimension goes in the result
  double on_value = 1;     ///< at the index; whole for an integer dtype
  double off_value = 0;    ///< elsewhere; whole for an integer dtype
  DType dtype = kFloat32;  ///< float32, float64, int32, int64, uint8 or bool (not 0 is true)
};
/// A new dimension of extent `depth` that is on_value at the index and off_value elsewhere.
///   indices  int32, int64 or uint8; an index outside [0, depth) gives off_value only
///   returns  the shape of indices with `depth` put in at options.axis; no gradient flows through
///   throws   Error, kInvalidArgument, also if depth < 0
Tensor one_hot(Operand indices, Integer depth, OneHotOptions options = {});

// Moving elements, of any dtype.

/// Axis permutation[i] of x becomes axis i; without a permutation the axes are reversed.
///   throws  Error, kInvalidArgument, unless the permutation names each axis once
Tensor transpose(Operand x, const std::optional<std::vector<int>>& permutation = std::nullopt);
/// The tensors one after the other along `axis`.
///   parts    one or more of one dtype and rank >= 1 that agree in all other dimensions; those that
///            only the data know are compared by the step
///   returns  the sum of the parts' extents on `axis`
Tensor concat(const Operands& parts, Integer axis);
/// The tensors along a new axis.
///   parts    one or more of one dtype and shape; plain numbers take the dtype of the first
///   axis     of the result, in [-rank - 1, rank]
///   returns  the parts' shape with their number put in at `axis`
Tensor stack(const Operands& parts, Integer axis = 0);
/// One tensor for each index of `axis`, whose extent must be known; the axis goes away. An extent
/// of 0 gives none. The labels of predict mode, whose extents nothing knows, are an error.
Tensors unstack(Operand x, Integer axis = 0);
/// Pieces of the given sizes along `axis`; one of them may be -1: what the rest leaves.
///   throws  Error, kInvalidArgument, if there are no sizes or they do not add up to the extent
Tensors split(Operand x, const std::vector<int64_t>& sizes, Integer axis = 0);
/// `count` equal pieces along `axis`, whose extent is not one that only the data know.
///   throws  Error, kInvalidArgument, if count < 1 or does not divide the extent
Tensors split_equally(Operand x, Integer count, Integer axis = 0);
/// As split_equally: `split(x, 3)` makes three pieces, `split(x, {3})` one of three.
template <WholeType T>
Tensors split(Operand x, T count, Integer axis = 0) {
  return split_equally(std::move(x), count, axis);
}

/// x[begin[i] : begin[i] + size[i]] on every axis; a size of -1 goes to the end.
///   begin, size  one entry for each dimension of x; begin >= 0
///   returns      the sizes
///   throws       Error, kInvalidArgument, for a part outside x, also if only the data show it
Tensor slice(Operand x, const std::vector<int64_t>& begin, const std::vector<int64_t>& size);

/// How strided_slice reads its entries. Bit i of a mask belongs to entry i of begin, end and
/// strides. Source: tf.strided_slice.
struct StridedSliceOptions {
  std::vector<int64_t> strides = {};  ///< empty: all 1
  uint32_t begin_mask = 0;     ///< begin[i] is the first element (the last for a negative stride)
  uint32_t end_mask = 0;       ///< end[i] is past the last element (before the first)
  uint32_t ellipsis_mask = 0;  ///< entry i stands for as many whole axes as are left
  uint32_t new_axis_mask = 0;  ///< entry i is a new axis of extent 1
  uint32_t shrink_axis_mask = 0;  ///< entry i is the single index begin[i]; its axis goes away
};
/// x[begin : end : stride] by Python's rules, entry by entry: negative numbers count from the end,
/// and what lies outside is cut short. Axes without an entry are whole.
///   begin, end  as many entries of each, at most one for each dimension that is not new
///   throws      Error, kInvalidArgument, if the numbers of entries differ, a stride is 0, two
///               entries are ellipses, or a single index is outside x, also if only the data
///               show it
Tensor strided_slice(Operand x, const std::vector<int64_t>& begin, const std::vector<int64_t>& end,
                     const StridedSliceOptions& options = {});

/// Along which axis gather reads.
struct GatherOptions {
  int axis = 0;        ///< of params
  int batch_dims = 0;  ///< leading dimensions that params and indices share; at most axis
};
/// Rows of `params` by number. The gradient with respect to params stays a list of rows (axis 0):
/// optimizers touch those rows only.
///   params   any dtype, rank >= 1
///   indices  int32 or int64, each in [0, params.shape[axis]): another one is an error of the step
///   returns  params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:]
Tensor gather(Operand params, Operand indices, GatherOptions options = {});

// Sizes that only the data know: such a dimension reads `?` while the graph is built. Element-wise
// ops and reductions take it as the first dimension, matmul in its rows or in the summed dimension;
// elsewhere in them, in the branches of cond, in what while_loop carries and in what is assigned to
// a variable it is an error of the first run, with the line of the op: transpose, flatten or reduce
// first.

/// The elements of x where `mask` is true, in row-major order; the mask's dimensions are those of x
/// from `axis` on.
///   x        any dtype
///   mask     bool, rank >= 1
///   returns  x.shape[:axis] + [true elements] + x.shape[axis + mask.rank:]
Tensor boolean_mask(Operand x, Operand mask, Integer axis = 0);
/// The positions, in row-major order, where `condition` is true or not 0 (NaN is not).
///   condition  bool or numbers, rank >= 1
///   returns    int64[true elements, condition.rank]
Tensor where(Operand condition);

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
