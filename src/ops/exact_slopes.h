// SPDX-License-Identifier: Apache-2.0
// Slopes whose obvious formulas lose all digits near a limit: 1 - tanh(x)^2 is 0 from x = 19 on in
// float64, where the slope is exp(-36). Each is one op that can be differentiated again.
#pragma once

#include <reckon/tensor.h>

namespace reckon::ops {

/// 1 - tanh(x)^2.
Tensor tanh_slope(const Tensor& x);
/// sigmoid(x) * sigmoid(-x), which is sigmoid(x) * (1 - sigmoid(x)).
Tensor sigmoid_slope(const Tensor& x);
/// sigmoid(x) - label, for a label in [0, 1].
Tensor sigmoid_excess(const Tensor& x, const Tensor& label);
/// exp(-factor x^2); `factor` is a power of two. The rounding of x^2 would be multiplied by x^2.
Tensor bell(const Tensor& x, double factor);
/// 1 - x^2.
Tensor one_minus_square(const Tensor& x);

}  // namespace reckon::ops
