// SPDX-License-Identifier: Apache-2.0
// Half precision: exact one way, correctly rounded the other, over every bit pattern.
#include "tensor/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reckon::tensor {
namespace half_test {

TEST(Float16, ComesBackFromFloatForEveryPattern) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const float value = to_float(Float16{static_cast<uint16_t>(bits)});
    const uint16_t back = to_float16(value).bits;
    if (std::isnan(value)) {
      ASSERT_TRUE((back & 0x7c00) == 0x7c00 && (back & 0x3ff) != 0) << bits;
    } else {
      ASSERT_EQ(back, bits);
    }
  }
}

TEST(Float16, HasTheKnownValues) {
  EXPECT_EQ(to_float(Float16{0x3c00}), 1.0f);
  EXPECT_EQ(to_float(Float16{0xc000}), -2.0f);
  EXPECT_EQ(to_float(Float16{0x7bff}), 65504.0f);
  EXPECT_EQ(to_float(Float16{0x0001}), 0x1p-24f);
  EXPECT_EQ(to_float16(65519.0f).bits, 0x7bff);
  EXPECT_EQ(to_float16(65520.0f).bits, 0x7c00);
  EXPECT_EQ(to_float16(-1e10f).bits, 0xfc00);
}

// Between any two neighbours: nearest, and the even one from the middle.
TEST(Float16, RoundsToNearestTiesToEven) {
  for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float low = to_float(Float16{static_cast<uint16_t>(bits)});
    const float high = to_float(Float16{static_cast<uint16_t>(bits + 1)});
    const float middle = (low + high) / 2;
    ASSERT_EQ(to_float16(std::nextafterf(middle, low)).bits, bits);
    ASSERT_EQ(to_float16(std::nextafterf(middle, high)).bits, bits + 1);
    ASSERT_EQ(to_float16(middle).bits, bits % 2 == 0 ? bits : bits + 1);
  }
}

TEST(BFloat16, ComesBackFromFloatForEveryPattern) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const float value = to_float(BFloat16{static_cast<uint16_t>(bits)});
    const uint16_t back = to_bfloat16(value).bits;
    if (std::isnan(value)) {
      ASSERT_TRUE((back & 0x7f80) == 0x7f80 && (back & 0x7f) != 0) << bits;
    } else {
      ASSERT_EQ(back, bits);
    }
  }
}

TEST(BFloat16, RoundsToNearestTiesToEven) {
  EXPECT_EQ(to_bfloat16(1.0f + 0x1p-8f).bits, 0x3f80);
  EXPECT_EQ(to_bfloat16(1.0f + 0x3p-8f).bits, 0x3f82);
  EXPECT_EQ(to_bfloat16(1.0f + 0x1.01p-8f).bits, 0x3f81);
  EXPECT_EQ(to_bfloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
  EXPECT_EQ(to_bfloat16(-std::numeric_limits<float>::infinity()).bits, 0xff80);
}

}  // namespace half_test
}  // namespace reckon::tensor
