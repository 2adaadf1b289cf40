// SPDX-License-Identifier: Apache-2.0
// The element types of Tensors and Arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace reckon {

/// Element type. All of them can be stored and saved; each op states which ones it computes.
enum class DType : uint8_t {
  kInvalid,
  kFloat16,
  kBFloat16,
  kFloat32,
  kFloat64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kBool,
  kString,
  kComplex64,
  kComplex128,
};

// The same names without `DType::`.
inline constexpr DType kFloat16 = DType::kFloat16;
inline constexpr DType kBFloat16 = DType::kBFloat16;
inline constexpr DType kFloat32 = DType::kFloat32;
inline constexpr DType kFloat64 = DType::kFloat64;
inline constexpr DType kInt8 = DType::kInt8;
inline constexpr DType kInt16 = DType::kInt16;
inline constexpr DType kInt32 = DType::kInt32;
inline constexpr DType kInt64 = DType::kInt64;
inline constexpr DType kUInt8 = DType::kUInt8;
inline constexpr DType kUInt16 = DType::kUInt16;
inline constexpr DType kUInt32 = DType::kUInt32;
inline constexpr DType kUInt64 = DType::kUInt64;
inline constexpr DType kBool = DType::kBool;
inline constexpr DType kString = DType::kString;
inline constexpr DType kComplex64 = DType::kComplex64;
inline constexpr DType kComplex128 = DType::kComplex128;

/// NumPy's name of a dtype: "float32", "int64", "bool", "string" …; "invalid" for kInvalid.
std::string_view dtype_name(DType dtype);
/// The dtype of that name, kInvalid for an unknown one. It never throws.
DType dtype_from_name(std::string_view name);
/// Bytes of one element; a string element counts as its reference (16 bytes), kInvalid as 0.
size_t dtype_size(DType dtype);
/// True for float16, bfloat16, float32 and float64.
bool is_floating(DType dtype);
/// True for the signed and unsigned integers of 8 to 64 bits; false for bool.
bool is_integer(DType dtype);
/// True for complex64 and complex128.
bool is_complex(DType dtype);
/// Writes `dtype_name(dtype)`.
std::ostream& operator<<(std::ostream& out, DType dtype);

/// A half-precision element, for storage. Source: IEEE 754 binary16.
struct Float16 {
  uint16_t bits;  ///< sign, 5 of exponent, 10 of fraction
};
/// A bfloat16 element, for storage: the upper half of a float32.
struct BFloat16 {
  uint16_t bits;  ///< sign, 8 of exponent, 7 of fraction
};

/// dtype_of<T>(): the DType whose elements are T; another type does not compile.
template <class T>
constexpr DType dtype_of() = delete;
template <>
constexpr DType dtype_of<float>() {
  return kFloat32;
}
template <>
constexpr DType dtype_of<double>() {
  return kFloat64;
}
template <>
constexpr DType dtype_of<int8_t>() {
  return kInt8;
}
template <>
constexpr DType dtype_of<int16_t>() {
  return kInt16;
}
template <>
constexpr DType dtype_of<int32_t>() {
  return kInt32;
}
template <>
constexpr DType dtype_of<int64_t>() {
  return kInt64;
}
template <>
constexpr DType dtype_of<long long>() {
  return kInt64;
}
template <>
constexpr DType dtype_of<uint8_t>() {
  return kUInt8;
}
template <>
constexpr DType dtype_of<uint16_t>() {
  return kUInt16;
}
template <>
constexpr DType dtype_of<uint32_t>() {
  return kUInt32;
}
template <>
constexpr DType dtype_of<uint64_t>() {
  return kUInt64;
}
template <>
constexpr DType dtype_of<unsigned long long>() {
  return kUInt64;
}
template <>
constexpr DType dtype_of<bool>() {
  return kBool;
}
template <>
constexpr DType dtype_of<std::string_view>() {
  return kString;
}
template <>
constexpr DType dtype_of<Float16>() {
  return kFloat16;
}
template <>
constexpr DType dtype_of<BFloat16>() {
  return kBFloat16;
}

}  // namespace reckon
