// SPDX-License-Identifier: Apache-2.0
// The table of element types.
#include <reckon/dtype.h>

#include <gtest/gtest.h>

#include <sstream>

namespace reckon {
namespace dtype_test {

TEST(DType, NamesAreNumPysAndLeadBack) {
  EXPECT_EQ(dtype_name(kFloat32), "float32");
  EXPECT_EQ(dtype_name(kBFloat16), "bfloat16");
  EXPECT_EQ(dtype_name(kUInt8), "uint8");
  EXPECT_EQ(dtype_name(kComplex128), "complex128");
  for (int i = 0; i <= static_cast<int>(kComplex128); ++i) {
    const auto dtype = static_cast<DType>(i);
    EXPECT_EQ(dtype_from_name(dtype_name(dtype)), dtype);
  }
}

TEST(DType, UnknownNamesAndValuesAreInvalid) {
  EXPECT_EQ(dtype_from_name("float"), DType::kInvalid);
  EXPECT_EQ(dtype_from_name(""), DType::kInvalid);
  EXPECT_EQ(dtype_name(static_cast<DType>(200)), "invalid");
  EXPECT_EQ(dtype_size(static_cast<DType>(200)), 0u);
}

TEST(DType, SizesAreThoseOfTheElements) {
  EXPECT_EQ(dtype_size(kFloat16), sizeof(Float16));
  EXPECT_EQ(dtype_size(kFloat64), 8u);
  EXPECT_EQ(dtype_size(kBool), sizeof(bool));
  EXPECT_EQ(dtype_size(kString), sizeof(std::string_view));
  EXPECT_EQ(dtype_size(kComplex64), 8u);
}

TEST(DType, BelongsToOneKindAtMost) {
  EXPECT_TRUE(is_floating(kFloat16) && is_floating(kBFloat16) && is_floating(kFloat64));
  EXPECT_TRUE(is_integer(kInt8) && is_integer(kUInt64));
  EXPECT_TRUE(is_complex(kComplex64) && is_complex(kComplex128));
  for (const DType dtype : {kBool, kString, DType::kInvalid}) {
    EXPECT_FALSE(is_floating(dtype) || is_integer(dtype) || is_complex(dtype));
  }
}

TEST(DType, PrintsItsName) {
  std::ostringstream out;
  out << kInt64;
  EXPECT_EQ(out.str(), "int64");
}

}  // namespace dtype_test
}  // namespace reckon
