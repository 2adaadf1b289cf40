// SPDX-License-Identifier: Apache-2.0
// For tests: a public reduction along some axes as an op under test, and a table to reduce.
#pragma once

#include <reckon/math.h>
#include <reckon/reduce.h>
#include "check_op.h"

namespace reckon::testing {

using Reduction = Tensor (*)(Operand, const Axes&, ReduceFlags);

inline OpUnderTest over(Reduction reduction, Axes axes, bool keep_dims = false) {
  return [=](const Tensor& x) { return reduction(x, axes, {.keep_dims = keep_dims}); };
}

inline const Array kTable = floats({1, 5, 2, -4, 3, 0.5f}, {2, 3});

}  // namespace reckon::testing
