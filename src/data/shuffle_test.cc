// SPDX-License-Identifier: Apache-2.0
// Orders: permutations, of all rows or of windows, keyed by seed, epoch, run and call.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/expect_error.h"
#include "data/read_numbers.h"

namespace reckon::data {
namespace {

constexpr int64_t kRows = 100;

Numbers counted(int64_t rows) {
  Numbers numbers;
  for (int64_t i = 0; i < rows; ++i) numbers.push_back(i);
  return numbers;
}

Numbers part_of(const Numbers& numbers, int64_t begin, int64_t end) {
  return {numbers.begin() + begin, numbers.begin() + end};
}

Numbers sorted(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Numbers order(ShuffleOptions options, const IteratorContext& context = {}) {
  return read_flat(Dataset::range(kRows).shuffle(options), kRows, context);
}

TEST(Shuffle, IsAPermutationOfAllRows) {
  const Numbers got = order({.buffer_size = kRows, .seed = 7});
  EXPECT_NE(got, counted(kRows));
  EXPECT_EQ(sorted(got), counted(kRows));
  EXPECT_EQ(order({.buffer_size = 10 * kRows, .seed = 7}), got);
}

TEST(Shuffle, OfASmallBufferPermutesConsecutiveWindows) {
  const Numbers got = order({.buffer_size = 30, .seed = 7});
  const Numbers want = counted(kRows);
  for (int64_t begin = 0; begin < kRows; begin += 30) {
    const int64_t end = std::min(begin + 30, kRows);
    EXPECT_EQ(sorted(part_of(got, begin, end)), part_of(want, begin, end));
  }
  Numbers second = part_of(got, 30, 60);
  for (int64_t& number : second) number -= 30;
  EXPECT_NE(second, part_of(got, 0, 30));
}

TEST(Shuffle, OfOneElementAtATimeKeepsTheOrder) {
  EXPECT_EQ(order({.buffer_size = 1, .seed = 7}), counted(kRows));
}

TEST(Shuffle, TakesAnotherOrderInEachEpoch) {
  const Numbers got =
      read_flat(Dataset::range(kRows).shuffle({.buffer_size = kRows, .seed = 7}).repeat(2));
  EXPECT_NE(part_of(got, 0, kRows), part_of(got, kRows, 2 * kRows));
  EXPECT_EQ(sorted(part_of(got, kRows, 2 * kRows)), counted(kRows));
}

TEST(Shuffle, WithASeedIgnoresTheRun) {
  const ShuffleOptions options{.buffer_size = kRows, .seed = 7};
  EXPECT_EQ(order(options, {1, 2}), order(options, {3, 4}));
  EXPECT_NE(order(options), order({.buffer_size = kRows, .seed = 8}));
}

TEST(Shuffle, WithoutASeedFollowsTheRunAndTheCall) {
  const ShuffleOptions options{.buffer_size = kRows};
  EXPECT_EQ(order(options, {1, 2}), order(options, {1, 2}));
  EXPECT_NE(order(options, {1, 2}), order(options, {2, 2}));
  EXPECT_NE(order(options, {1, 2}), order(options, {1, 3}));
}

TEST(Shuffle, WithoutASeedDiffersBetweenTheSidesOfAZip) {
  const Dataset left = Dataset::range(kRows).shuffle({.buffer_size = kRows});
  const Dataset right = Dataset::from_arrays({{"y", Array::from<int64_t>(counted(kRows), {kRows})}})
                            .shuffle({.buffer_size = kRows});
  int64_t equal = 0;
  for (const ArrayElement& pair : Dataset::zip(left, right).collect(kRows)) {
    equal += pair.features[0].same_bits(pair.features[1]);
  }
  EXPECT_LT(equal, 20);
}

TEST(Shuffle, OfWhatNeverEndsPermutesWindows) {
  const Numbers got =
      read_flat(Dataset::range(10).repeat().shuffle({.buffer_size = 20, .seed = 1}), 40);
  for (int64_t begin = 0; begin < 40; begin += 20) {
    EXPECT_EQ(sorted(part_of(got, begin, begin + 20)),
              sorted(read_flat(Dataset::range(10).repeat(2))));
  }
}

TEST(Shuffle, OfBatchesKeepsThemWhole) {
  const Batches got =
      read_numbers(Dataset::range(9).batch(2).shuffle({.buffer_size = 5, .seed = 2}));
  EXPECT_EQ(got.size(), 5u);
  for (const Numbers& batch : got) EXPECT_EQ(batch[0] % 2, 0);
  EXPECT_EQ(std::count(got.begin(), got.end(), Numbers{8}), 1);
}

TEST(Shuffle, RefusesABufferBelowOne) {
  base::expect_error([] { Dataset::range(3).shuffle({}); }, ErrorCode::kInvalidArgument,
                     "[shuffle] buffer_size is 0, expected at least 1; give the number of elements "
                     "to draw from, all "
                     "rows for a full shuffle. At shuffle_test.cc:");
}

}  // namespace
}  // namespace reckon::data
