// SPDX-License-Identifier: Apache-2.0
// Ops that change shapes, make values or move elements, which they do of every dtype.
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
/// The same values, of any dtype; of a Tensor the very same Tensor.
Tensor identity(Operand x);
/// Zeros (false) of the shape and dtype of x, which is of numbers or bools.
Tensor zeros_like(Operand x);
/// Ones (true) of the shape and dtype of x, which is of numbers or bools.
Tensor ones_like(Operand x);
/// x repeated to `shape`, which may have more dimensions in front; extents of 1 are stretched.
///   x       numbers or bools
///   throws  Error, kInvalidArgument, also if an extent of `shape` is unknown
///   source  tf.broadcast_to
Tensor broadcast_to(Operand x, const Shape& shape);
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

}  // namespace reckon
