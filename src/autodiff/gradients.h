// SPDX-License-Identifier: Apache-2.0
// Reverse mode at trace time: gradients are ordinary nodes, expanded from what each op states.
#pragma once

#include <reckon/tensor.h>

namespace reckon::autodiff {

/// The gradient of sum(y * grad_y) over all pairs with respect to each x; not valid() where none
/// flows.
Tensors differentiate(const Tensors& ys, const Tensors& grad_ys, const Tensors& xs);

/// The same from one y of the present function, also to xs of the functions around it: what a
/// branch or a loop's body uses from outside leads on to what that was computed from.
Tensors differentiate_outwards(const Tensor& y, const Tensor& grad_y, const Tensors& xs);

}  // namespace reckon::autodiff
