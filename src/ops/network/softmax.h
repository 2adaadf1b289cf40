// SPDX-License-Identifier: Apache-2.0
// The gradient of softmax and what it is made of, for the losses that contain it.
#pragma once

#include <reckon/tensor.h>

namespace reckon::ops {

/// Sums along the last axis, which stays with the extent 1.
Tensor row_sum(const Tensor& x);

/// (grad - sum(grad * y)) * y along the last axis, y a softmax.
Tensor softmax_gradient(const Tensor& y, const Tensor& grad);

}  // namespace reckon::ops
