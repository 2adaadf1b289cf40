// SPDX-License-Identifier: Apache-2.0
// The system's clocks run; a manual one obeys.
#include "base/clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace reckon::base {
namespace clock_test {

TEST(SystemClock, CountsWallTimeFrom1970) {
  EXPECT_NEAR(Clock::system().wall_seconds(), static_cast<double>(std::time(nullptr)), 2.0);
}

TEST(SystemClock, NeverRunsBackwards) {
  double last = Clock::system().monotonic_seconds();
  for (int i = 0; i < 1000; ++i) {
    const double now = Clock::system().monotonic_seconds();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(ManualClock, MovesOnlyWhenToldTo) {
  ManualClock clock(100);
  clock.advance(2.5);
  EXPECT_EQ(clock.wall_seconds(), 102.5);
  EXPECT_EQ(clock.monotonic_seconds(), 2.5);
}

TEST(ManualClock, KeepsMonotonicTimeWhenTheWallClockIsSet) {
  ManualClock clock(100);
  clock.advance(1);
  clock.set_wall(50);
  EXPECT_EQ(clock.wall_seconds(), 50);
  EXPECT_EQ(clock.monotonic_seconds(), 1);
}

}  // namespace clock_test
}  // namespace reckon::base
