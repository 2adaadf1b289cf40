// SPDX-License-Identifier: Apache-2.0
// Gather for other ops' gradients, and the gradient of rows, which stays rows until something asks
// for the whole table.
#pragma once

#include <reckon/rows.h>
#include "ops/gradient_support.h"

namespace reckon::ops {

/// The gradient of gather(params, ids): a tensor of the shape of `like` that is zero but for what
/// `grad` adds at `ids`. Repeated ids add up in the order of their positions.
Tensor gather_gradient(const Tensor& grad, const Tensor& ids, const Tensor& like,
                       GatherOptions options);

/// The tensor that `rows` is the row_gradient() of: a node that optimizers look through.
///   ids   int32 or int64 [n]
///   rows  [n, ...], like.shape[1:]
///   place if it is known, the node's line: that of a wrong id
Tensor table_of(const RowGradient& rows, const Tensor& like);

}  // namespace reckon::ops
