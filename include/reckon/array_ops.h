// SPDX-License-Identifier: Apache-2.0
// Ops that change shapes, move elements or find positions. Those that only move take every dtype.
// A negative axis counts from the end; an axis that does not exist throws Error, kInvalidArgument,
// as does every other argument that does not fit the shapes, with the user's line.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

// Shapes. None of these moves an element.

/// The same elements in row-major order under another shape; one dimension may be -1: it follows
/// from the rest.
Tensor reshape(Operand x, const Shape& shape);
/// All but the first dimension become one: [batch, 28, 28] gives [batch, 784].
Tensor flatten(Operand x);
/// A dimension of extent 1 before axis `axis` of x; -1 appends it.
Tensor expand_dims(Operand x, int axis);
/// Drops dimensions of extent 1: those of `axes`, or all that are known to be 1.
Tensor squeeze(Operand x, const std::vector<int>& axes = {});

/// The extents of x: int32 or int64 [rank].
Tensor shape(Operand x, DType dtype = kInt32);
/// The number of elements of x: int32 or int64, a scalar.
Tensor size(Operand x, DType dtype = kInt32);
/// The number of dimensions of x: int32, a scalar.
Tensor rank(Operand x);

// New values.

/// `value` in every element; all of `shape` must be known.
Tensor fill(const Shape& shape, Operand value);
Tensor zeros(const Shape& shape, DType dtype = kFloat32, Place place = Place::here());
Tensor ones(const Shape& shape, DType dtype = kFloat32, Place place = Place::here());
/// start, start + delta … up to `limit`, without it: one dtype, int32, int64, float32 or float64.
/// The three must be constants: a size that only the data know has no bound here.
Tensor range(Operand start, Operand limit, Operand delta = 1);

struct OneHotOptions {
  int axis = -1;  ///< where the new dimension goes in the result
  double on_value = 1;
  double off_value = 0;
  DType dtype = kFloat32;
};
/// A new dimension of extent `depth` that is on_value at the index and off_value elsewhere.
///   indices  int32, int64 or uint8; an index outside [0, depth) gives off_value only
Tensor one_hot(Operand indices, int64_t depth, OneHotOptions options = {});

// Moving elements.

/// Axis permutation[i] of x becomes axis i; without a permutation the axes are reversed.
Tensor transpose(Operand x, const std::optional<std::vector<int>>& permutation = std::nullopt);
/// The tensors one after the other along `axis`; they agree in all other dimensions.
Tensor concat(const Operands& parts, int axis);
/// The tensors, of one shape, along a new axis.
Tensor stack(const Operands& parts, int axis = 0);
/// One tensor for each index of `axis`, whose extent must be known; the axis goes away.
Tensors unstack(Operand x, int axis = 0);
/// `count` equal pieces along `axis`.
Tensors split(Operand x, int64_t count, int axis = 0);
/// Pieces of the given sizes along `axis`; one of them may be -1: what the rest leaves.
Tensors split(Operand x, const std::vector<int64_t>& sizes, int axis = 0);

/// x[begin[i] : begin[i] + size[i]] on every axis; a size of -1 goes to the end.
Tensor slice(Operand x, const std::vector<int64_t>& begin, const std::vector<int64_t>& size);

/// Bit i of a mask belongs to entry i of begin, end and strides.
struct StridedSliceOptions {
  std::vector<int64_t> strides = {};  ///< empty: all 1
  uint32_t begin_mask = 0;     ///< begin[i] is the first element (the last for a negative stride)
  uint32_t end_mask = 0;       ///< end[i] is past the last element (before the first)
  uint32_t ellipsis_mask = 0;  ///< entry i stands for as many whole axes as are left
  uint32_t new_axis_mask = 0;  ///< entry i is a new axis of extent 1
  uint32_t shrink_axis_mask = 0;  ///< entry i is the single index begin[i]; its axis goes away
};
/// x[begin : end : stride] by Python's rules, entry by entry; axes without an entry are whole.
Tensor strided_slice(Operand x, const std::vector<int64_t>& begin, const std::vector<int64_t>& end,
                     const StridedSliceOptions& options = {});

struct GatherOptions {
  int axis = 0;        ///< of params
  int batch_dims = 0;  ///< leading dimensions that params and indices share
};
/// Rows of `params` by number. The gradient with respect to params stays a list of rows (axis 0):
/// optimizers touch those rows only.
///   indices  int32 or int64, each in [0, params.shape[axis]): another one is an error of the step
///   returns  params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:]
Tensor gather(Operand params, Operand indices, GatherOptions options = {});

// Sizes that only the data know: such a dimension reads `?` while the graph is built.

/// The elements of x where `mask` is true, in row-major order; the mask's dimensions are those of x
/// from `axis` on.
///   mask     bool, rank >= 1
///   returns  x.shape[:axis] + [true elements] + x.shape[axis + mask.rank:]
Tensor boolean_mask(Operand x, Operand mask, int axis = 0);
/// The positions, in row-major order, where `condition` is true or not 0: int64[n, condition.rank].
Tensor where(Operand condition);

// Positions of extremes; ties go to the lower index.

/// The index of the largest element along `axis`; NaN is passed over.
///   x  numbers of any size, or bool
Tensor argmax(Operand x, int axis = 0, DType dtype = kInt64);
/// The index of the smallest element along `axis`.
Tensor argmin(Operand x, int axis = 0, DType dtype = kInt64);

struct TopK {
  Tensor values;   ///< x.shape[:-1] + [k], the dtype of x
  Tensor indices;  ///< int32, the same shape
};
/// The k largest elements of each row (the last dimension) in descending order.
TopK top_k(Operand x, int64_t k = 1);

}  // namespace reckon
