// SPDX-License-Identifier: Apache-2.0
#include "formats/dtype_code.h"

#include <gtest/gtest.h>

namespace reckon::formats {
namespace {

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

}  // namespace
}  // namespace reckon::formats
