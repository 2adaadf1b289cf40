// SPDX-License-Identifier: Apache-2.0
// Comparison of strings, which no loop of numbers computes.
#pragma once

#include <reckon/tensor.h>

namespace reckon::ops {

bool is_string(const Operand& x);
/// Bool: whether the strings have equal bytes; shapes broadcast.
Tensor equal_strings(const Operand& a, const Operand& b);

}  // namespace reckon::ops
