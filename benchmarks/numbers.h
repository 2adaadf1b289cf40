// SPDX-License-Identifier: Apache-2.0
// Initial values and data by formula, the twin of peers/workloads.py: equal bits on both sides.
#pragma once

#include <cstdint>

#include <reckon/array.h>

namespace bench {

/// splitmix64's output function on stream * 2^40 + index.
uint64_t random_bits(uint64_t stream, uint64_t index);

/// U: float32[shape] between -limit and limit, element i from random_bits(stream, i).
reckon::Array uniform(uint64_t stream, double limit, const reckon::Shape& shape);

/// G: `uniform` with Glorot's limit for a matrix [inputs, outputs].
reckon::Array glorot(uint64_t stream, int64_t inputs, int64_t outputs);

/// Throws std::logic_error unless the formulas yield the published values.
void check_numbers();

}  // namespace bench
