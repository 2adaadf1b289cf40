// SPDX-License-Identifier: Apache-2.0
// What is known of each element type, in one table in the order of the enum.
#include <reckon/dtype.h>

#include <array>
#include <ostream>

namespace reckon {
namespace {

enum class Kind : uint8_t { kNone, kFloating, kInteger, kBool, kString, kComplex };

struct Row {
  DType dtype;
  std::string_view name;
  size_t size;
  Kind kind;
};

constexpr std::array<Row, 17> kRows = {{
    {DType::kInvalid, "invalid", 0, Kind::kNone},
    {kFloat16, "float16", 2, Kind::kFloating},
    {kBFloat16, "bfloat16", 2, Kind::kFloating},
    {kFloat32, "float32", 4, Kind::kFloating},
    {kFloat64, "float64", 8, Kind::kFloating},
    {kInt8, "int8", 1, Kind::kInteger},
    {kInt16, "int16", 2, Kind::kInteger},
    {kInt32, "int32", 4, Kind::kInteger},
    {kInt64, "int64", 8, Kind::kInteger},
    {kUInt8, "uint8", 1, Kind::kInteger},
    {kUInt16, "uint16", 2, Kind::kInteger},
    {kUInt32, "uint32", 4, Kind::kInteger},
    {kUInt64, "uint64", 8, Kind::kInteger},
    {kBool, "bool", 1, Kind::kBool},
    {kString, "string", sizeof(std::string_view), Kind::kString},
    {kComplex64, "complex64", 8, Kind::kComplex},
    {kComplex128, "complex128", 16, Kind::kComplex},
}};

constexpr bool rows_are_in_order() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<size_t>(kRows[i].dtype) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order());
static_assert(sizeof(bool) == 1 && sizeof(std::string_view) == 16);

const Row& row(DType dtype) {
  const auto index = static_cast<size_t>(dtype);
  return kRows[index < kRows.size() ? index : 0];
}

}  // namespace

std::string_view dtype_name(DType dtype) { return row(dtype).name; }

DType dtype_from_name(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.dtype;
  }
  return DType::kInvalid;
}

size_t dtype_size(DType dtype) { return row(dtype).size; }
bool is_floating(DType dtype) { return row(dtype).kind == Kind::kFloating; }
bool is_integer(DType dtype) { return row(dtype).kind == Kind::kInteger; }
bool is_complex(DType dtype) { return row(dtype).kind == Kind::kComplex; }
std::ostream& operator<<(std::ostream& out, DType dtype) { return out << dtype_name(dtype); }

}  // namespace reckon
