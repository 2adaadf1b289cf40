// SPDX-License-Identifier: Apache-2.0
// H3: sums of steps near the ends of int64.
#include "base/step_arithmetic.h"

#include <gtest/gtest.h>

namespace reckon::base {
namespace step_arithmetic_test {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

TEST(StepArithmetic, SumsStayAtTheEndsOfInt64) {
  EXPECT_EQ(saturating_add(2, 3), 5);
  EXPECT_EQ(saturating_add(kMost, 0), kMost);
  EXPECT_EQ(saturating_add(kMost - 1, 1), kMost);
  EXPECT_EQ(saturating_add(kMost, 1), kMost);
  EXPECT_EQ(saturating_add(1, kMost), kMost);
  EXPECT_EQ(saturating_add(kMost, kMost), kMost);
  EXPECT_EQ(saturating_add(kLeast, -1), kLeast);
  EXPECT_EQ(saturating_add(kLeast, kMost), -1);
}

TEST(StepArithmetic, DifferencesStayAtTheEndsOfInt64) {
  EXPECT_EQ(saturating_subtract(2, 3), -1);
  EXPECT_EQ(saturating_subtract(kMost, -1), kMost);
  EXPECT_EQ(saturating_subtract(0, kLeast), kMost);
  EXPECT_EQ(saturating_subtract(kLeast, 1), kLeast);
  EXPECT_EQ(saturating_subtract(-2, kMost), kLeast);
  EXPECT_EQ(saturating_subtract(kMost, kMost), 0);
}

TEST(StepArithmetic, TheNextOfASeriesIsAtOrAfterAndNeverBeyondInt64) {
  for (int64_t every = 1; every <= 5; ++every) {
    for (int64_t first = -3; first <= 3; ++first) {
      int64_t want = first;
      for (int64_t at = -8; at <= 20; ++at) {
        while (want < at) want += every;
        EXPECT_EQ(next_in_steps(first, every, at), want) << first << " " << every << " " << at;
      }
    }
  }
  EXPECT_EQ(next_in_steps(1, kMost, 1), 1);
  EXPECT_EQ(next_in_steps(1, kMost, 2), kMost);
  EXPECT_EQ(next_in_steps(0, kMost, 2), kMost);
  EXPECT_EQ(next_in_steps(1, kMost - 1, 2), kMost);
  EXPECT_EQ(next_in_steps(kMost, kMost, 1), kMost);
  EXPECT_EQ(next_in_steps(kMost, kMost, kMost), kMost);
  EXPECT_EQ(next_in_steps(1, 1, kMost), kMost);
  EXPECT_EQ(next_in_steps(1, 2, kMost - 1), kMost);
  EXPECT_EQ(next_in_steps(2, 2, kMost), kMost);
  EXPECT_EQ(next_in_steps(kLeast, 1, kMost), kMost);
  EXPECT_EQ(next_in_steps(kLeast, kMost, 0), kMost - 1);
}

}  // namespace step_arithmetic_test
}  // namespace reckon::base
