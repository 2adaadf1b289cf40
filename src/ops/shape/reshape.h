// SPDX-License-Identifier: Apache-2.0
// Reshape for the rest of the compiler, and joining neighbouring dimensions. Both are views.
#pragma once

#include "ops/define.h"

namespace reckon::ops {

struct ReshapeOptions {
  Shape shape;  ///< at most one dimension is -1: it follows from the rest
};
extern const DefinedOp<ReshapeOptions> reshape_op;

/// Dimensions first … first + count - 1 of x as one, known or not; a count of 0 adds one of
/// extent 1.
Tensor merge_dims(const Tensor& x, int first, int count);

}  // namespace reckon::ops
