// SPDX-License-Identifier: Apache-2.0
// What flows back through an element-wise op: the arriving gradient times its slope. A gradient of
// exactly 0 stays 0, whatever the slope: behind where(x > 0, sqrt(x), 0) it meets an infinite one.
#pragma once

#include <reckon/tensor.h>

namespace reckon::ops {

/// grad * slope, and 0 where grad is 0, also if slope is infinite or NaN.
Tensor flow_times(const Tensor& grad, const Tensor& slope);
/// grad / divisor, and 0 where grad is 0, also if divisor is 0 or NaN.
Tensor flow_over(const Tensor& grad, const Tensor& divisor);
/// a * b, and 0 where either is 0: what flows back to the slope itself, for second gradients.
Tensor zero_product(const Tensor& a, const Tensor& b);

}  // namespace reckon::ops
