// SPDX-License-Identifier: Apache-2.0
// Sums of a step and a number that a user gave: at the ends of int64 they stay there, where a plain
// sum would leave it. No step is ever made at the upper end, so that it reads as "never".
#pragma once

#include <cstdint>
#include <limits>

namespace reckon::base {

constexpr int64_t saturating_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

constexpr int64_t saturating_subtract(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b < 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

/// The first of `first`, `first + every`, `first + 2 every` … that is at or after `at`; the largest
/// int64 if that one would be beyond it. `every` is at least 1.
constexpr int64_t next_in_steps(int64_t first, int64_t every, int64_t at) {
  if (at <= first) return first;
  // Unsigned, where the distance of any two numbers fits.
  const uint64_t distance = static_cast<uint64_t>(at) - static_cast<uint64_t>(first);
  const uint64_t room =
      static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) - static_cast<uint64_t>(first);
  const auto stride = static_cast<uint64_t>(every);
  const uint64_t count = (distance - 1) / stride + 1;
  if (count > room / stride) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(static_cast<uint64_t>(first) + count * stride);
}

}  // namespace reckon::base
