// SPDX-License-Identifier: Apache-2.0
// Denormals count as zero while the guard lives, on its thread alone.
#include "base/denormals.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace reckon::base {
namespace denormals_test {

/// Half of the smallest normal number; volatile, for the compiler knows the answer otherwise.
bool flushes_results() {
  volatile float smallest = std::numeric_limits<float>::min();
  return smallest * 0.5f == 0.0f;
}
bool flushes_operands() {
  volatile float denormal = std::numeric_limits<float>::denorm_min();
  return denormal * 0x1p100f == 0.0f;
}
bool flushes_doubles() {
  volatile double smallest = std::numeric_limits<double>::min();
  return smallest * 0.5 == 0.0;
}

TEST(DenormalsFlushed, TakesDenormalsForZeroWhileItLives) {
  EXPECT_FALSE(flushes_results());
  EXPECT_FALSE(flushes_operands());
  {
    const DenormalsFlushed flushed;
    EXPECT_TRUE(flushes_results());
    EXPECT_TRUE(flushes_operands());
    EXPECT_TRUE(flushes_doubles());
  }
  EXPECT_FALSE(flushes_results());
  EXPECT_FALSE(flushes_operands());
}

TEST(DenormalsFlushed, Nests) {
  const DenormalsFlushed outer;
  { const DenormalsFlushed inner; }
  EXPECT_TRUE(flushes_results()) << "the inner one gives back what it found";
}

TEST(DenormalsFlushed, IsOfItsThread) {
  const DenormalsFlushed flushed;
  bool there = true;
  std::thread([&] {
    _mm_setcsr(_mm_getcsr() & ~0x8040u);  // a new thread may inherit the mode
    there = flushes_results();
  }).join();
  EXPECT_FALSE(there);
  EXPECT_TRUE(flushes_results());
}

TEST(DenormalsFlushed, LeavesNormalNumbersAndTheRoundingAlone) {
  const unsigned before = _mm_getcsr();
  const DenormalsFlushed flushed;
  volatile float third = 1.0f;
  EXPECT_EQ(third / 3.0f, 0x1.555556p-2f);
  EXPECT_EQ(_mm_getcsr() & 0x6000u, before & 0x6000u) << "rounding to the nearest";
}

}  // namespace denormals_test
}  // namespace reckon::base
