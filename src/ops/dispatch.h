// SPDX-License-Identifier: Apache-2.0
// From a dtype to a C++ type: the function gets a std::type_identity of it.
#pragma once

#include <cstdint>
#include <type_traits>

#include <reckon/dtype.h>
#include "base/check.h"

namespace reckon::ops {

[[noreturn]] inline void fail_dispatch(DType dtype) {
  base::fail(ErrorCode::kInternal, "kernel", dtype_name(dtype),
             " has no kernel here; please report this");
}

/// float or double.
template <class F>
auto with_floating(DType dtype, const F& function) {
  if (dtype == kFloat32) return function(std::type_identity<float>{});
  if (dtype == kFloat64) return function(std::type_identity<double>{});
  fail_dispatch(dtype);
}

/// int32_t or int64_t.
template <class F>
auto with_index(DType dtype, const F& function) {
  if (dtype == kInt32) return function(std::type_identity<int32_t>{});
  if (dtype == kInt64) return function(std::type_identity<int64_t>{});
  fail_dispatch(dtype);
}

/// Numbers of every size; bool counts as uint8_t.
template <class F>
auto with_number(DType dtype, const F& function) {
  switch (dtype) {
    case kInt8:
      return function(std::type_identity<int8_t>{});
    case kInt16:
      return function(std::type_identity<int16_t>{});
    case kUInt8:
    case kBool:
      return function(std::type_identity<uint8_t>{});
    case kUInt16:
      return function(std::type_identity<uint16_t>{});
    case kUInt32:
      return function(std::type_identity<uint32_t>{});
    case kUInt64:
      return function(std::type_identity<uint64_t>{});
    case kInt32:
    case kInt64:
      return with_index(dtype, function);
    default:
      return with_floating(dtype, function);
  }
}

}  // namespace reckon::ops
