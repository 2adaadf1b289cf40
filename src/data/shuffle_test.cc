// SPDX-License-Identifier: Apache-2.0
// Orders: permutations, of all rows or of windows, keyed by seed, epoch, run and call.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace shuffle_test {

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

Dataset one_order(std::optional<uint64_t> seed, int64_t buffer_size = kRows) {
  return Dataset::range(kRows).shuffle(
      {.buffer_size = buffer_size, .seed = seed, .reshuffle_each_iteration = false});
}

// N7: rows of the test set leaked into training, for the order was another in each epoch.
TEST(Shuffle, OfOneOrderSplitsTheSameInAllEpochs) {
  for (const int64_t buffer_size : {kRows, int64_t{7}}) {
    const Dataset all = one_order(3, buffer_size);
    const Numbers train = read_flat(all.take(80).repeat(3));
    const Numbers test = read_flat(all.skip(80).repeat(3));
    EXPECT_EQ(part_of(train, 0, 80), part_of(train, 80, 160));
    EXPECT_EQ(part_of(train, 0, 80), part_of(train, 160, 240));
    Numbers both = part_of(train, 0, 80);
    both.insert(both.end(), test.begin() + 40, test.end());
    EXPECT_EQ(sorted(part_of(both, 0, 100)), counted(kRows));
    EXPECT_NE(part_of(both, 0, 100), counted(kRows));
  }
  const Numbers endless = read_flat(one_order(3).repeat().take(2 * kRows).repeat(2), 400);
  EXPECT_EQ(part_of(endless, 0, kRows), part_of(endless, 3 * kRows, 4 * kRows));
  EXPECT_EQ(part_of(endless, 0, kRows), order({.buffer_size = kRows, .seed = 3}));
}

// N7: a split that train takes and evaluate skips.
TEST(Shuffle, OfOneOrderWithoutASeedIsTheRuns) {
  const auto read = [](const Dataset& rows, const IteratorContext& context) {
    return read_flat(rows, kRows, context);
  };
  const Numbers first = read(one_order({}), {1, 0});
  EXPECT_EQ(read(one_order({}), {1, 500}), first);
  EXPECT_NE(read(one_order({}), {2, 0}), first);
  const Dataset after = Dataset::zip(
      Dataset::from_arrays({{"y", Array::zeros(kInt64, {kRows})}}).shuffle({.buffer_size = 9}),
      one_order({}));
  EXPECT_EQ(read(after.map([](const Element&, const Element& right) { return right; }), {1, 7}),
            first);
}

TEST(Shuffle, KeepsTheHashOfInputsThatDoNotAskForOneOrder) {
  const auto hash = [](ShuffleOptions options) {
    return Dataset::range(5).shuffle(options).structural_hash();
  };
  // As they were before there was the option.
  EXPECT_EQ(hash({.buffer_size = 5, .seed = 1}), 13871673510431706180u);
  EXPECT_EQ(hash({.buffer_size = 5}), 11349773053803319055u);
  EXPECT_EQ(hash({.buffer_size = 5, .seed = 1, .reshuffle_each_iteration = true}),
            hash({.buffer_size = 5, .seed = 1}));
  EXPECT_NE(hash({.buffer_size = 5, .seed = 1, .reshuffle_each_iteration = false}),
            hash({.buffer_size = 5, .seed = 1}));
}

TEST(Shuffle, RefusesABufferBelowOne) {
  base::expect_error([] { Dataset::range(3).shuffle({}); }, ErrorCode::kInvalidArgument,
                     "[shuffle] buffer_size is 0, expected at least 1; give the number of elements "
                     "to draw from, all "
                     "rows for a full shuffle. At shuffle_test.cc:");
}

}  // namespace shuffle_test
}  // namespace reckon::reckon_internal::data
