// SPDX-License-Identifier: Apache-2.0
// Gradients of ops that are gradients themselves: rarely needed, so they come from a composition of
// plain ops.
#pragma once

#include "ops/define.h"

namespace reckon::ops {

/// The gradient rule of an op whose outputs are also `composition(inputs)`: differentiates that
/// instead.
Tensors composed_gradient(const Backward& b,
                          const std::function<Tensors(const Tensors&)>& composition);

}  // namespace reckon::ops
