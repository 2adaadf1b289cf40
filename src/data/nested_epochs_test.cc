// SPDX-License-Identifier: Apache-2.0
// Epochs within epochs: whatever is keyed by the epoch is new in each of them, also where an
// endless input is made finite and repeated; positions stay exact, and other orders as they were.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <reckon/math.h>
#include <reckon/random.h>

#include "base/expect_error_testing.h"
#include "data/node.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace nested_epochs_test {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

size_t distinct(const Numbers& numbers) {
  return std::set<int64_t>(numbers.begin(), numbers.end()).size();
}

/// Consecutive parts of `size` numbers, of which none may equal another.
size_t distinct_parts(const Numbers& numbers, size_t size) {
  std::set<Numbers> parts;
  for (size_t i = 0; i + size <= numbers.size(); i += size) {
    parts.emplace(numbers.begin() + static_cast<int64_t>(i),
                  numbers.begin() + static_cast<int64_t>(i + size));
  }
  return parts.size();
}

Dataset shuffled_rows(int64_t rows) {
  return Dataset::range(rows).shuffle({.buffer_size = rows, .seed = 1});
}

/// A finite side for a zip.
Dataset numbered(int64_t rows) {
  return Dataset::from_arrays({{"y", Array::zeros(kInt64, {rows})}});
}

Dataset noisy_rows(const Dataset& rows) {
  return rows.map([](const Features&) {
    return Features{{"noise", random::uniform({}, {.low = 0, .high = 1 << 30, .dtype = kInt64})}};
  });
}

// H4: each of the 30 outer epochs began the endless repeat at its epoch 0.
TEST(NestedEpochs, OfAnEndlessRepeatBelowATakeSeeOtherRows) {
  const Numbers rows =
      read_flat(shuffled_rows(1000).repeat().batch(10).take(10).repeat(30), 10'000);
  ASSERT_EQ(rows.size(), 3000u);
  EXPECT_EQ(distinct_parts(rows, 100), 30u);
  // Of 1,000 rows, 30 draws of 100 leave out 1,000 * 0.9^30 = 42.
  EXPECT_GT(distinct(rows), 900u);
}

// H4: the order of each kind of input that is endless below and finite above.
TEST(NestedEpochs, OfAnyEndlessInputMadeFiniteHaveOrdersOfTheirOwn) {
  const Dataset endless = shuffled_rows(50).repeat();
  const Dataset unseeded = Dataset::range(50).shuffle({.buffer_size = 50}).repeat();
  const Dataset inputs[] = {
      endless.take(20),
      endless.take(70).skip(50),
      endless.skip(20).take(20),
      endless.skip(70).take(20),
      unseeded.take(20),
      endless.repeat(3).take(20),
      endless.repeat().take(20),
      endless.take(30).repeat().take(20),
      endless.take(20).repeat(2).take(20),
      Dataset::zip(endless, numbered(20)),
      Dataset::zip(unseeded.take(30), endless.take(20))
          .map([](const Element& left, const Element&) { return left; }),
      Dataset::range(50).repeat().shuffle({.buffer_size = 40, .seed = 1}).take(20),
      Dataset::range(50).shuffle({.buffer_size = 7, .seed = 1}).repeat().take(20),
      shuffled_rows(50).repeat(int64_t{1} << 61).take(20),
      shuffled_rows(50).repeat(kMost).take(20),
      shuffled_rows(50).repeat().batch(5).take(4),
      noisy_rows(Dataset::range(1).repeat()).take(20),
      noisy_rows(Dataset::range(3)).repeat().take(20),
      noisy_rows(Dataset::range(3).repeat(int64_t{1} << 62)).take(20),
  };
  for (const Dataset& input : inputs) {
    for (const Dataset& repeated : {input.repeat(40), input.repeat(), input.repeat(8).repeat(5)}) {
      EXPECT_EQ(distinct_parts(read_flat(repeated, input.node()->size() * 40), 20), 40u)
          << "input " << &input - inputs;
    }
  }
}

TEST(NestedEpochs, ShuffleEachRowOnceInEveryEpochThatIsWhole) {
  const Numbers rows = read_flat(shuffled_rows(10).repeat().take(20).repeat(3));
  for (int64_t epoch = 0; epoch < 6; ++epoch) {
    const auto begin = rows.begin() + epoch * 10;
    EXPECT_EQ(distinct({begin, begin + 10}), 10u);
  }
}

// H4: (epoch, element) of a map over an endless input was keyed by the element alone.
TEST(NestedEpochs, DrawOtherNoiseForEachElement) {
  EXPECT_EQ(distinct(read_flat(noisy_rows(Dataset::range(4).repeat()).take(10).repeat(50), 500)),
            500u);
  EXPECT_EQ(distinct(read_flat(noisy_rows(Dataset::range(4)).repeat().take(10).repeat(50), 500)),
            500u);
}

// H4: products of epochs and sizes that no number holds met in the same number again.
TEST(NestedEpochs, StayApartWhereTheirNumbersAreTooLarge) {
  Dataset rows = noisy_rows(Dataset::range(16));
  for (int depth = 0; depth < 6; ++depth) rows = rows.repeat(int64_t{1} << 40).take(2);
  EXPECT_EQ(distinct(read_flat(rows.repeat(100))), 200u);
  Dataset orders = shuffled_rows(50);
  for (int depth = 0; depth < 6; ++depth) orders = orders.repeat(int64_t{1} << 32).take(20);
  EXPECT_EQ(distinct_parts(read_flat(orders.repeat(20), 400), 20), 20u);
}

TEST(NestedEpochs, OfNothingAreNothing) {
  const Dataset endless = shuffled_rows(5).repeat();
  EXPECT_EQ(read_flat(endless.take(0).repeat(3)), Numbers{});
  EXPECT_EQ(read_flat(endless.take(0).repeat()), Numbers{});
  EXPECT_EQ(read_flat(Dataset::zip(endless, numbered(0)).repeat()), Numbers{});
  EXPECT_EQ(read_flat(endless.take(3).skip(3).repeat()), Numbers{});
  EXPECT_EQ(read_flat(shuffled_rows(5).repeat(0).take(4).repeat()), Numbers{});
}

TEST(NestedEpochs, ContinueAfterAnyElement) {
  const Dataset endless = Dataset::range(7).shuffle({.buffer_size = 5}).repeat();
  const Dataset inputs[] = {
      endless.take(10).repeat(5),
      endless.batch(3).take(4).repeat(5).prefetch(2),
      endless.skip(4).take(9).shuffle({.buffer_size = 4}).repeat(4).batch(4),
      Dataset::zip(endless, numbered(6)).repeat(4).batch(5),
      noisy_rows(endless).take(6).repeat(3).batch(4).repeat(2),
      noisy_rows(Dataset::range(3).repeat(int64_t{1} << 62)).take(4).repeat(5),
      shuffled_rows(6).repeat(kMost).take(4).repeat(6),
  };
  for (const Dataset& input : inputs) {
    const IteratorContext context{11, 40};
    const Batches want = read_numbers(input, 1000, context);
    ASSERT_GE(want.size(), 5u);
    const auto iterator = make_iterator(input, context);
    for (size_t i = 0; i <= want.size(); ++i) {
      EXPECT_EQ(read_numbers(*resume_iterator(input, iterator->position())),
                Batches(want.begin() + static_cast<int64_t>(i), want.end()));
      read_numbers(*iterator, 1);
    }
  }
}

// Checkpoints hold positions in these orders: they were so before H4 was mended.
TEST(NestedEpochs, KeepTheOrdersOfInputsWithoutAnEndlessOneInside) {
  EXPECT_EQ(read_flat(shuffled_rows(5).repeat(3).take(7).repeat(2)),
            (Numbers{0, 4, 3, 1, 2, 4, 2, 1, 4, 3, 2, 0, 0, 3}));
  EXPECT_EQ(read_flat(shuffled_rows(5).repeat(), 15),
            (Numbers{0, 4, 3, 1, 2, 4, 2, 1, 0, 3, 4, 3, 1, 2, 0}));
  EXPECT_EQ(read_flat(shuffled_rows(5).skip(1).repeat(2).batch(3).repeat(2)),
            (Numbers{4, 3, 1, 2, 2, 1, 0, 3, 3, 1, 2, 0, 4, 3, 2, 0}));
  EXPECT_EQ(read_flat(Dataset::range(3).repeat().shuffle({.buffer_size = 4, .seed = 2}), 12),
            (Numbers{0, 2, 0, 1, 0, 2, 1, 1, 2, 1, 0, 2}));
  EXPECT_EQ(read_flat(noisy_rows(Dataset::range(2)).repeat(2), 9, {3, 4}),
            (Numbers{884687918, 583114299, 506299676, 247905474}));
  EXPECT_EQ(read_flat(noisy_rows(Dataset::range(2).repeat()), 4, {3, 4}),
            (Numbers{884687918, 583114299, 506299676, 247905474}));
}

TEST(NestedEpochs, RefuseElementsThatNoNumberCounts) {
  const Dataset endless = shuffled_rows(5).repeat();
  for (const Dataset& beyond :
       {endless.skip(kMost).skip(1).take(1), endless.skip(kMost - 3).batch(8).take(1).skip(0),
        endless.batch(4).skip(kMost / 2).take(1),
        endless.batch(2).shuffle({.buffer_size = kMost, .seed = 1}).take(9).skip(1)}) {
    base::expect_error([&] { beyond.collect(9); }, ErrorCode::kInvalidArgument,
                       "beyond what a number counts");
  }
}

}  // namespace nested_epochs_test
}  // namespace reckon::reckon_internal::data
