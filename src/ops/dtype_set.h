// SPDX-License-Identifier: Apache-2.0
// Sets of dtypes, as ops declare them for their inputs.
#pragma once

#include <initializer_list>
#include <string>

#include <reckon/dtype.h>

namespace reckon::ops {

class DTypeSet {
 public:
  constexpr DTypeSet(std::initializer_list<DType> dtypes) {
    for (DType dtype : dtypes) bits_ |= 1u << static_cast<int>(dtype);
  }
  static constexpr DTypeSet all() {
    DTypeSet set({});
    set.bits_ = ~1u;
    return set;
  }
  constexpr bool contains(DType dtype) const { return (bits_ >> static_cast<int>(dtype)) & 1u; }
  /// "float32 or float64"
  std::string text() const;

 private:
  uint32_t bits_ = 0;
};

/// What to do about `name`, which came as `came` where one of `expected` is: "cast it first, e.g.
/// cast(x, kFloat32)", or what there is where cast() cannot help.
std::string dtype_mend(const std::string& name, DType came, DTypeSet expected);

inline constexpr DTypeSet kFloating = {kFloat32, kFloat64};
inline constexpr DTypeSet kNumeric = {kFloat32, kFloat64, kInt32, kInt64, kUInt8};
inline constexpr DTypeSet kIntegers = {kInt32, kInt64, kUInt8};
inline constexpr DTypeSet kIndices = {kInt32, kInt64};
inline constexpr DTypeSet kBooleans = {kBool};
inline constexpr DTypeSet kStrings = {kString};
inline constexpr DTypeSet kComputed = {kFloat32, kFloat64, kInt32, kInt64, kUInt8, kBool};
inline constexpr DTypeSet kAnything = DTypeSet::all();

}  // namespace reckon::ops
