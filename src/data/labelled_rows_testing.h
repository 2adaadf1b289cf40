// SPDX-License-Identifier: Apache-2.0
// For tests: rows of whole numbers, with labels, and a function of their features.
#pragma once

#include <reckon/math.h>
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {

/// The inverse of numbers_of: int64[n].
inline Array column(const Numbers& numbers) {
  return Array::from<int64_t>(numbers, {static_cast<int64_t>(numbers.size())});
}

/// x counts from 1 to 5, its labels from 5 to 1.
inline Dataset labelled() {
  return Dataset::from_arrays({{"x", column({1, 2, 3, 4, 5})}}, column({5, 4, 3, 2, 1}));
}

inline Features times_ten(const Features& features) { return {{"x", features["x"] * 10}}; }

}  // namespace reckon::reckon_internal::data
