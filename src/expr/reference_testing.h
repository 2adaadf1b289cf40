// SPDX-License-Identifier: Apache-2.0
// The oracle: walks a program one element at a time, floats in double without rounding to float32.
// On an expanded program it shows the rounding of the compositions; on a plain one, the truth.
#pragma once

#include <cstdint>
#include <vector>

#include "expr/program.h"

namespace reckon::expr {

/// A value of the walk: `number` for float lanes, `integer` for the others (bool: 0 or 1).
struct ReferenceValue {
  double number = 0;
  int64_t integer = 0;
};

struct ReferenceResult {
  std::vector<ReferenceValue> outputs;
  /// An integer was divided by zero or raised to a negative power.
  bool fault = false;
};

/// Runs `program` for one element, whose flat number is `index`.
ReferenceResult run_reference(const Program& program, const std::vector<ReferenceValue>& inputs,
                              int64_t index = 0);

}  // namespace reckon::expr
