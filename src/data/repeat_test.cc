// SPDX-License-Identifier: Apache-2.0
// Epochs one after the other, also within each other.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/node.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace repeat_test {

TEST(Repeat, GivesSoManyEpochs) {
  EXPECT_EQ(read_flat(Dataset::range(3).repeat(2)), (Numbers{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(read_flat(Dataset::range(3).repeat(0)), Numbers{});
  EXPECT_EQ(read_flat(Dataset::range(2).repeat(), 5), (Numbers{0, 1, 0, 1, 0}));
}

TEST(Repeat, BatchesAcrossTheBorderOfEpochs) {
  EXPECT_EQ(read_numbers(Dataset::range(3).repeat(3).batch(4)),
            (Batches{{0, 1, 2, 0}, {1, 2, 0, 1}, {2}}));
  EXPECT_EQ(read_numbers(Dataset::range(2).repeat().batch(7), 1), (Batches{{0, 1, 0, 1, 0, 1, 0}}));
}

TEST(Repeat, NumbersEpochsAnewForAShuffleBelow) {
  const Dataset shuffled = Dataset::range(50).shuffle({.buffer_size = 50, .seed = 3});
  const Numbers flat = read_flat(shuffled.repeat(4));
  const Numbers nested = read_flat(shuffled.repeat(2).repeat(2));
  EXPECT_EQ(flat, nested);
  EXPECT_NE(Numbers(flat.begin(), flat.begin() + 50),
            Numbers(flat.begin() + 50, flat.begin() + 100));
}

TEST(Repeat, OfBatchesKeepsTheSmallerLastOne) {
  EXPECT_EQ(read_numbers(Dataset::range(3).batch(2).repeat(2)),
            (Batches{{0, 1}, {2}, {0, 1}, {2}}));
}

TEST(Repeat, OfWhatNeverEndsOrIsEmptyChangesNothing) {
  EXPECT_EQ(Dataset::range(3).repeat().repeat(5).node()->size(), kEndless);
  EXPECT_EQ(read_flat(Dataset::range(3).repeat().repeat(), 4), (Numbers{0, 1, 2, 0}));
  EXPECT_EQ(Dataset::range(0).repeat().node()->size(), 0);
  EXPECT_EQ(Dataset::range(int64_t{1} << 62).repeat(4).node()->size(), kEndless);
}

TEST(Repeat, RefusesANegativeCount) {
  base::expect_error([] { Dataset::range(3).repeat(-2); },
                     "[repeat] count is -2, expected a number of epochs; leave it out to repeat "
                     "for ever. At repeat_test");
}

}  // namespace repeat_test
}  // namespace reckon::reckon_internal::data
