// SPDX-License-Identifier: Apache-2.0
#include "formats/dtype_code.h"

#include <gtest/gtest.h>

namespace reckon::formats {
namespace dtype_code_test {

TEST(DTypeCode, EveryDTypeComesBackFromItsCode) {
  for (int i = 1; i <= static_cast<int>(DType::kComplex128); ++i) {
    const DType dtype = static_cast<DType>(i);
    EXPECT_NE(dtype_code(dtype), proto::DT_INVALID) << dtype_name(dtype);
    EXPECT_EQ(dtype_from_code(dtype_code(dtype)), dtype) << dtype_name(dtype);
  }
}

TEST(DTypeCode, CodesThatNoArrayHoldsAreInvalid) {
  for (const int code : {0, 11, 20, 21, 24, 101, 1000, -1}) {
    EXPECT_EQ(dtype_from_code(code), DType::kInvalid) << code;
  }
}

// Numbers of a file format: they may never change.
TEST(DTypeCode, CodesAreTensorFlowsNumbers) {
  const std::pair<DType, int> rows[] = {
      {kFloat32, 1},     {kFloat64, 2},  {kInt32, 3},     {kUInt8, 4},
      {kInt16, 5},       {kInt8, 6},     {kString, 7},    {kComplex64, 8},
      {kInt64, 9},       {kBool, 10},    {kBFloat16, 14}, {kUInt16, 17},
      {kComplex128, 18}, {kFloat16, 19}, {kUInt32, 22},   {kUInt64, 23}};
  for (const auto& [dtype, code] : rows) {
    EXPECT_EQ(dtype_code(dtype), code) << dtype_name(dtype);
    EXPECT_EQ(dtype_from_code(code), dtype) << code;
  }
}

TEST(DTypeCode, NoDTypeHasNoCode) { EXPECT_EQ(dtype_code(DType::kInvalid), proto::DT_INVALID); }

}  // namespace dtype_code_test
}  // namespace reckon::formats
