// SPDX-License-Identifier: Apache-2.0
// range: both directions, dtypes, the ends of the integers, what is no sequence at all.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace range_test {

using namespace testing;

Array sequence(const Operand& start, const Operand& limit, const Operand& delta = 1) {
  return run_op([&](const Tensors&) { return range(start, limit, delta); }, {})[0];
}

TEST(Range, CountsUpAndDown) {
  EXPECT_TRUE(sequence(0, 5).same_bits(ints({0, 1, 2, 3, 4}, {5})));
  EXPECT_TRUE(sequence(5, 0, -2).same_bits(ints({5, 3, 1}, {3})));
  EXPECT_TRUE(sequence(-3, 4, 3).same_bits(ints({-3, 0, 3}, {3})));
  EXPECT_TRUE(sequence(0, 6, 3).same_bits(ints({0, 3}, {2})));
}

TEST(Range, OfAnEmptyIntervalIsEmpty) {
  EXPECT_TRUE(sequence(3, 3).same_bits(ints({}, {0})));
  EXPECT_TRUE(sequence(3, 3, -1).same_bits(ints({}, {0})));
  EXPECT_TRUE(sequence(1.5, 1.5, 0.1).same_bits(floats({}, {0})));
}

TEST(Range, OfFractionsDoesNotAddUpErrors) {
  EXPECT_TRUE(sequence(0.0f, 1.0f, 0.25f).same_bits(floats({0, 0.25f, 0.5f, 0.75f}, {4})));
  EXPECT_TRUE(sequence(1, 0, -0.5).same_bits(floats({1, 0.5f}, {2})));
  const Array tenths = sequence(0.0f, 1000.0f, 0.1f);
  ASSERT_EQ(tenths.num_elements(), 10000);
  EXPECT_EQ(tenths.at<float>(9999), 9999 * 0.1f);
}

TEST(Range, TakesTheDtypeOfTheOperandThatHasOne) {
  EXPECT_TRUE(sequence(Array::scalar<int64_t>(1), 3).same_bits(longs({1, 2}, {2})));
  EXPECT_TRUE(sequence(1, Array::scalar<double>(2), 0.5).same_bits(doubles({1, 1.5}, {2})));
  EXPECT_TRUE(sequence(1, 2, Array::scalar(0.5f)).same_bits(floats({1, 1.5f}, {2})));
}

TEST(Range, ReachesTheEndsOfTheIntegers) {
  const int32_t highest = std::numeric_limits<int32_t>::max(), lowest = -highest - 1;
  EXPECT_TRUE(sequence(highest - 2, highest, 2).same_bits(ints({highest - 2}, {1})));
  EXPECT_TRUE(sequence(lowest, highest, 2000000000)
                  .same_bits(ints({lowest, lowest + 2000000000, 1852516352}, {3})));
  EXPECT_TRUE(sequence(highest, lowest, lowest).same_bits(ints({highest, -1}, {2})));
  const int64_t top = std::numeric_limits<int64_t>::max();
  EXPECT_TRUE(sequence(Array::scalar<int64_t>(-top), Array::scalar<int64_t>(top),
                       Array::scalar<int64_t>(top))
                  .same_bits(longs({-top, 0}, {2})));
}

TEST(Range, RefusesAStepAwayFromTheLimit) {
  expect_error([] { range(0, 5, 0); }, "[range] delta is 0; pass a step towards the limit");
  expect_error([] { range(0, 5, -1); },
               "[range] start is 0, limit 5, delta -1, which leads away from the limit; change the "
               "sign of delta");
  expect_error([] { range(5, 0); }, "[range] start is 5, limit 0, delta 1");
}

TEST(Range, RefusesSequencesWithoutAnEnd) {
  const float infinite = INFINITY, unclear = NAN;
  expect_error([=] { range(0.0f, infinite); }, "[range] start is 0, limit inf, delta 1");
  expect_error([=] { range(1.0f, 0.0f, unclear); }, "[range] start is 1, limit 0, delta nan");
  expect_error([=] { range(unclear, 1.0f); }, "[range] start is nan");
  expect_error([=] { range(0.0f, unclear); },
               "[range] start is 0, limit nan, delta 1, expected numbers; look for where the NaN "
               "comes from");
  expect_error([] { range(0.0f, 1.0f, 1e-30f); }, "[range] start is 0, limit 1, delta 1e-30");
}

TEST(Range, RefusesWhatIsNoConstantScalar) {
  expect_error([] { range(0, placeholder(kInt32, {}), 1); },
               "[range] limit is int32[], known only when the step runs");
  expect_error(
      [] {
        range(0, ints({1, 2}, {2}));
      },
      "[range] limit is int32[2]; start, limit and delta must be constant scalars");
  expect_error([] { range(Array::scalar<int64_t>(0), Array::scalar<int32_t>(3)); },
               "start, limit and delta must be constant scalars of one dtype: pass numbers");
  expect_error([] { range("a", "b"); },
               "[range] the operands are string, expected int32, int64, float32 or float64");
}

}  // namespace range_test
}  // namespace reckon
