// SPDX-License-Identifier: Apache-2.0
// The input thread: same order and content, errors and positions when they are due, an end at any
// time.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/expect_error.h"
#include "data/node.h"
#include "data/read_numbers.h"

namespace reckon::data {
namespace {

Dataset shuffled() { return Dataset::range(23).shuffle({.buffer_size = 23}).repeat(3).batch(4); }

/// Passes numbers on and counts them; fails at `bad`.
Dataset counting(std::atomic<int>& calls, int64_t bad = -1) {
  return Dataset::range(100).map_native(
      [&calls, bad](const ArrayElement& element) -> ArrayElement {
        ++calls;
        if (element.features[0].item<int64_t>() == bad)
          throw Error(ErrorCode::kDataLoss, "test", "bad element");
        return element;
      },
      Dataset::range(1).spec());
}

void wait_until(const std::function<bool()>& is_true) {
  for (int i = 0; i < 5000 && !is_true(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST(Prefetch, ChangesNoOrderAndNoContent) {
  const Batches want = read_numbers(shuffled(), 1000, {3, 4});
  for (const int64_t depth : {1, 2, 7, 100})
    EXPECT_EQ(read_numbers(shuffled().prefetch(depth), 1000, {3, 4}), want);
}

TEST(Prefetch, IsNoPartOfTheInputsHash) {
  EXPECT_EQ(shuffled().prefetch(2).structural_hash(), shuffled().structural_hash());
  const std::string position = make_iterator(shuffled(), {3, 4})->position();
  EXPECT_EQ(make_iterator(shuffled().prefetch(5), {3, 4})->position(), position);
}

TEST(Prefetch, ReadsAheadSoFarAndNoFurther) {
  std::atomic<int> calls = 0;
  const auto iterator = make_iterator(counting(calls).prefetch(3), {});
  wait_until([&] { return calls == 3; });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(calls, 3);
  ArrayElement element;
  iterator->next(element);
  wait_until([&] { return calls == 4; });
  EXPECT_EQ(calls, 4);
}

TEST(Prefetch, PositionIsOfWhatWasHandedOut) {
  std::atomic<int> calls = 0;
  const auto ahead = make_iterator(counting(calls).prefetch(5), {});
  const auto plain = make_iterator(counting(calls), {});
  ArrayElement element;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ahead->position(), plain->position());
    ahead->next(element);
    plain->next(element);
  }
}

TEST(Prefetch, RaisesAnErrorWhenItsElementIsDue) {
  std::atomic<int> calls = 0;
  const auto iterator = make_iterator(counting(calls, 4).prefetch(8), {});
  wait_until([&] { return calls == 5; });
  EXPECT_EQ(read_numbers(*iterator, 4), (Batches{{0}, {1}, {2}, {3}}));
  ArrayElement element;
  const std::string position = iterator->position();
  for (int i = 0; i < 2; ++i)
    base::expect_error([&] { iterator->next(element); }, ErrorCode::kDataLoss, "bad element");
  EXPECT_EQ(iterator->position(), position);
}

TEST(Prefetch, MayBeDestroyedAtAnyTime) {
  for (int taken = 0; taken < 12; ++taken) {
    for (const int64_t depth : {1, 3, 50}) {
      const auto iterator = make_iterator(shuffled().prefetch(depth), {});
      ArrayElement element;
      for (int i = 0; i < taken; ++i) iterator->next(element);
    }
  }
}

TEST(Prefetch, StaysAtTheEnd) {
  const auto iterator = make_iterator(Dataset::range(2).prefetch(4), {});
  EXPECT_EQ(read_numbers(*iterator).size(), 2u);
  ArrayElement element;
  EXPECT_FALSE(iterator->next(element));
  EXPECT_FALSE(iterator->next(element));
}

TEST(Prefetch, LeavesBatchesThatAreStillHeldAsTheyWere) {
  const Batches want = read_numbers(shuffled(), 1000, {3, 4});
  const auto iterator = make_iterator(shuffled().prefetch(2), {3, 4});
  std::vector<Array> kept;
  for (ArrayElement batch; iterator->next(batch);) kept.push_back(batch.features[0]);
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(numbers_of(kept[i]), want[i]);
}

TEST(Prefetch, BelowABatchCountsInBatches) {
  EXPECT_EQ(Dataset::range(100).prefetch(64).batch(32).node()->prefetch_depth(), 2);
  EXPECT_EQ(Dataset::range(100).prefetch(1).batch(32).repeat().node()->prefetch_depth(), 1);
  EXPECT_EQ(Dataset::range(100).batch(32).repeat().node()->prefetch_depth(), 0);
}

TEST(Prefetch, RefusesADepthBelowOne) {
  base::expect_error([] { Dataset::range(3).prefetch(0); },
                     "[prefetch] depth is 0, expected at least 1; give the number of batches to "
                     "make ahead, or leave "
                     "prefetch() out. At prefetch_test.cc:");
}

}  // namespace
}  // namespace reckon::data
