// SPDX-License-Identifier: Apache-2.0
// The operators of tensors. math.h includes it, and has what each of them promises.
#pragma once

#include <reckon/tensor.h>

namespace reckon {

// Operators: the functions of the same meaning. One side must be a Tensor or an Array.

/// add
Tensor operator+(Operand a, Operand b);
/// subtract
Tensor operator-(Operand a, Operand b);
/// multiply
Tensor operator*(Operand a, Operand b);
/// divide
Tensor operator/(Operand a, Operand b);
/// negative
Tensor operator-(Operand x);
/// less
Tensor operator<(Operand a, Operand b);
/// less_equal
Tensor operator<=(Operand a, Operand b);
/// greater
Tensor operator>(Operand a, Operand b);
/// greater_equal
Tensor operator>=(Operand a, Operand b);
/// logical_and: both sides are computed.
Tensor operator&&(Operand a, Operand b);
/// logical_or: both sides are computed.
Tensor operator||(Operand a, Operand b);
/// logical_not
Tensor operator!(Operand x);

}  // namespace reckon
