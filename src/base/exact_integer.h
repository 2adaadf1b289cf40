// SPDX-License-Identifier: Apache-2.0
// From double to an integer without loss. Casting a NaN, an infinity or a number out of range is
// undefined, so that whoever has a double from outside asks here first.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace reckon::base {

/// `value` as a T, if it is whole and T holds it.
template <std::integral T>
std::optional<T> exact_integer(double value) {
  // One above the largest T: a power of two, and exact, which the largest itself need not be.
  constexpr double kEnd =
      2.0 * static_cast<double>(uint64_t{1} << (std::numeric_limits<T>::digits - 1));
  const double lowest = std::is_signed_v<T> ? -kEnd : 0;
  // A NaN fails the first comparison.
  if (!(value >= lowest) || value >= kEnd || std::trunc(value) != value) return std::nullopt;
  return static_cast<T>(value);
}

}  // namespace reckon::base
