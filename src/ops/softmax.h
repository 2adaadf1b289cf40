// SPDX-License-Identifier: Apache-2.0
// The gradient of softmax, for the losses that contain it.
#pragma once

#include <reckon/tensor.h>

namespace reckon::ops {

/// (grad - sum(grad * y)) * y along the last axis, y a softmax.
Tensor softmax_gradient(const Tensor& y, const Tensor& grad);

}  // namespace reckon::ops
