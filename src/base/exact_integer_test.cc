// SPDX-License-Identifier: Apache-2.0
// F2: a double that no integer is must not be cast to one.
#include "base/exact_integer.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace reckon::base {
namespace exact_integer_test {

TEST(ExactInteger, TakesWholeNumbersUpToTheEdges) {
  EXPECT_EQ(exact_integer<int64_t>(-0x1p63), INT64_MIN);
  EXPECT_EQ(exact_integer<int64_t>(std::nextafter(0x1p63, 0)), INT64_MAX - 1023);
  EXPECT_EQ(exact_integer<uint64_t>(std::nextafter(0x1p64, 0)), UINT64_MAX - 2047);
  EXPECT_EQ(exact_integer<int32_t>(2147483647.0), INT32_MAX);
  EXPECT_EQ(exact_integer<int32_t>(-2147483648.0), INT32_MIN);
  EXPECT_EQ(exact_integer<uint8_t>(255.0), 255);
  EXPECT_EQ(exact_integer<uint8_t>(-0.0), 0);
}

TEST(ExactInteger, RefusesWhatIsJustOutside) {
  EXPECT_FALSE(exact_integer<int64_t>(0x1p63));
  EXPECT_FALSE(exact_integer<int64_t>(std::nextafter(-0x1p63, -HUGE_VAL)));
  EXPECT_FALSE(exact_integer<uint64_t>(0x1p64));
  EXPECT_FALSE(exact_integer<int32_t>(2147483648.0));
  EXPECT_FALSE(exact_integer<int32_t>(-2147483649.0));
  EXPECT_FALSE(exact_integer<uint8_t>(256.0));
  EXPECT_FALSE(exact_integer<uint8_t>(-1.0));
}

TEST(ExactInteger, RefusesFractionsInfinitiesAndNan) {
  for (double value : {0.5, -1e-300, HUGE_VAL, -HUGE_VAL, std::nan(""), 1e300}) {
    EXPECT_FALSE(exact_integer<int64_t>(value)) << value;
    EXPECT_FALSE(exact_integer<uint64_t>(value)) << value;
  }
}

}  // namespace exact_integer_test
}  // namespace reckon::base
