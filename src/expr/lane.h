// SPDX-License-Identifier: Apache-2.0
// The element types that expression programs compute with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace reckon::expr {

enum class Lane : uint8_t { kFloat32, kFloat64, kInt32, kInt64, kUInt8, kBool };

inline constexpr int kLaneCount = 6;

constexpr bool is_float(Lane lane) { return lane == Lane::kFloat32 || lane == Lane::kFloat64; }
constexpr bool is_integer(Lane lane) { return !is_float(lane) && lane != Lane::kBool; }

/// Bytes of one element in memory; a bool takes one, 0 or 1.
constexpr size_t lane_size(Lane lane) {
  if (lane == Lane::kFloat64 || lane == Lane::kInt64) return 8;
  return lane == Lane::kUInt8 || lane == Lane::kBool ? 1 : 4;
}

/// "f32", "f64", "i32", "i64", "u8", "bool".
std::string_view lane_name(Lane lane);

/// lane_of<T>(): the lane whose elements are T.
template <class T>
constexpr Lane lane_of() {
  if constexpr (std::is_same_v<T, float>)
    return Lane::kFloat32;
  else if constexpr (std::is_same_v<T, double>)
    return Lane::kFloat64;
  else if constexpr (std::is_same_v<T, int32_t>)
    return Lane::kInt32;
  else if constexpr (std::is_same_v<T, int64_t>)
    return Lane::kInt64;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return Lane::kUInt8;
  else {
    static_assert(std::is_same_v<T, bool>, "no lane holds this type");
    return Lane::kBool;
  }
}

}  // namespace reckon::expr
