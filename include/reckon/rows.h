// SPDX-License-Identifier: Apache-2.0
// Ops that choose rows or elements of a tensor, by number or by a mask.
// A negative axis counts from the end; an axis that does not exist throws Error, kInvalidArgument,
// as does every other argument that does not fit the shapes, with the user's line.
#pragma once

#include <reckon/tensor.h>

namespace reckon {

// Source, unless one is named: TensorFlow 2.15's function of that name. "An error of the step" is
// what only the data show: the run throws Error, kInvalidArgument, with the line of the op.

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

}  // namespace reckon
