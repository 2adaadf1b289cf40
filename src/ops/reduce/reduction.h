// SPDX-License-Identifier: Apache-2.0
// How public reductions become ops: the axes as a list, and the call.
#pragma once

#include <vector>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include "ops/define.h"

namespace reckon::ops {

/// The axes as not negative, ascending numbers.
///   throws  Error, kInvalidArgument, at `place`, for an axis that x lacks or that comes twice
std::vector<int64_t> resolve_axes(const char* where, const Tensor& x, const Axes& axes,
                                  Place place);

/// A call of a reduction op.
Tensor reduce(const DefinedOp<ReduceOptions>& op, const Operand& x, const Axes& axes,
              ReduceFlags flags);

/// x as a float tensor.
///   throws  Error, kInvalidArgument, at its place, for another dtype
Tensor resolve_floats(const char* where, const Operand& x);

/// The shape rule of every reduction.
graph::Types infer_reduction(const ReduceOptions& options, const graph::InferContext& context);

/// `reduced`, a result of such a reduction of `x`, with the reduced axes back as extents of 1.
Tensor with_reduced_axes(const Tensor& reduced, const Tensor& x, const ReduceOptions& options);

}  // namespace reckon::ops
