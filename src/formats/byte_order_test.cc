// SPDX-License-Identifier: Apache-2.0
#include "formats/byte_order.h"

#include <gtest/gtest.h>

namespace reckon::formats {
namespace byte_order_test {

TEST(ByteCursor, VarintsComeBack) {
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{300},
                               uint64_t{1} << 63, ~uint64_t{0}}) {
    std::string bytes;
    append_varint(bytes, value);
    ByteCursor cursor(bytes);
    EXPECT_EQ(cursor.varint(), value);
    EXPECT_EQ(cursor.remaining(), 0u);
  }
}

TEST(ByteCursor, RefusesVarintsThatAreCutOverlongOrTooBig) {
  EXPECT_FALSE(ByteCursor("\x80").varint());
  EXPECT_FALSE(ByteCursor(std::string_view("\x85\x00", 2)).varint());
  EXPECT_FALSE(ByteCursor("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02").varint());
  EXPECT_FALSE(ByteCursor("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").varint());
}

TEST(ByteCursor, TakesNothingThatDoesNotFit) {
  ByteCursor cursor("abc");
  EXPECT_FALSE(cursor.take(4));
  EXPECT_FALSE(cursor.take(~uint64_t{0}));
  EXPECT_FALSE(cursor.fixed<uint32_t>());
  EXPECT_EQ(cursor.take(3), "abc");
  EXPECT_FALSE(cursor.take(1));
  EXPECT_EQ(cursor.take(0), "");
}

}  // namespace byte_order_test
}  // namespace reckon::formats
