// SPDX-License-Identifier: Apache-2.0
// Reverse mode at trace time: gradients are ordinary nodes, expanded from what each op states.
#pragma once

#include <reckon/tensor.h>

namespace reckon::autodiff {

/// The gradient of sum(y * grad_y) over all pairs with respect to each x; not valid() where none
/// flows.
Tensors differentiate(const Tensors& ys, const Tensors& grad_ys, const Tensors& xs);

}  // namespace reckon::autodiff
