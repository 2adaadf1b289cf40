// SPDX-License-Identifier: Apache-2.0
// The input thread: errors and positions when they are due, an end at any time, and no element made
// too early or twice.
#include "data/prefetch_iterator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <reckon/logging.h>

#include "base/child_process_testing.h"
#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace prefetch_iterator_test {

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

TEST(PrefetchIterator, ReadsAheadSoFarAndNoFurther) {
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

TEST(PrefetchIterator, PositionIsOfWhatWasHandedOut) {
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

TEST(PrefetchIterator, RaisesAnErrorWhenItsElementIsDue) {
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

TEST(PrefetchIterator, MayBeDestroyedAtAnyTime) {
  for (int taken = 0; taken < 12; ++taken) {
    for (const int64_t depth : {1, 3, 50}) {
      const auto iterator = make_iterator(shuffled().prefetch(depth), {});
      ArrayElement element;
      for (int i = 0; i < taken; ++i) ASSERT_TRUE(iterator->next(element)) << i << " of " << taken;
    }
  }
}

TEST(PrefetchIterator, StaysAtTheEnd) {
  const auto iterator = make_iterator(Dataset::range(2).prefetch(4), {});
  EXPECT_EQ(read_numbers(*iterator).size(), 2u);
  ArrayElement element;
  EXPECT_FALSE(iterator->next(element));
  EXPECT_FALSE(iterator->next(element));
}

TEST(PrefetchIterator, LeavesBatchesThatAreStillHeldAsTheyWere) {
  const Batches want = read_numbers(shuffled(), 1000, {3, 4});
  const auto iterator = make_iterator(shuffled().prefetch(2), {3, 4});
  std::vector<Array> kept;
  for (ArrayElement batch; iterator->next(batch);) kept.push_back(batch.features[0]);
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(numbers_of(kept[i]), want[i]);
}

TEST(PrefetchIterator, MakesEachElementOnceAndInOrderHoweverSlowItsReaderIs) {
  std::atomic<int> calls = 0;
  const auto iterator = make_iterator(counting(calls).prefetch(2), {});
  ArrayElement element;
  for (int64_t i = 0; iterator->next(element); ++i) {
    ASSERT_EQ(element.features[0].item<int64_t>(), i);
    if (i % 25 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(calls, 100);
}

TEST(PrefetchIterator, MakesOnAThreadOfItsOwn) {
  std::thread::id maker;
  const Dataset dataset = Dataset::range(1).map_native(
      [&maker](const ArrayElement& element) {
        maker = std::this_thread::get_id();
        return element;
      },
      Dataset::range(1).spec());
  ArrayElement element;
  EXPECT_TRUE(make_iterator(dataset.prefetch(1), {})->next(element));
  EXPECT_NE(maker, std::this_thread::get_id());
}

// Waiting for an element that is being made when the iterator goes away.
TEST(PrefetchIterator, EndsAfterTheElementInTheMaking) {
  std::atomic<bool> is_inside = false, is_done = false;
  const Dataset slow = Dataset::range(100).map_native(
      [&](const ArrayElement& element) {
        is_inside = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        is_done = true;
        return element;
      },
      Dataset::range(1).spec());
  {
    const auto iterator = make_iterator(slow.prefetch(50), {});
    wait_until([&] { return is_inside.load(); });
  }
  EXPECT_TRUE(is_done);
}

TEST(PrefetchIterator, AResumedOneGoesOnAfterWhatWasHandedOut) {
  const Batches want = read_numbers(shuffled(), 1000, {3, 4});
  const auto iterator = make_iterator(shuffled().prefetch(4), {3, 4});
  for (size_t i = 0; i <= want.size(); ++i) {
    const auto resumed = resume_iterator(shuffled().prefetch(1 + i % 3), iterator->position());
    EXPECT_EQ(read_numbers(*resumed), Batches(want.begin() + static_cast<int64_t>(i), want.end()));
    read_numbers(*iterator, 1);
  }
}

TEST(PrefetchIterator, WithoutAThreadReadsWhereItIsUsed) {
  const Batches want = read_numbers(shuffled(), 1000, {3, 4});
  const std::string text = base::in_child([&]() -> std::string {
    base::become_nobody_without_threads();
    std::string log;
    set_log_sink([&](LogLevel, const std::string& line) { log += line; });
    const auto iterator = make_iterator(shuffled().prefetch(2), {3, 4});
    const Batches first = read_numbers(*iterator, 5);
    const auto resumed = resume_iterator(shuffled().prefetch(2), iterator->position());
    const Batches rest = read_numbers(*iterator);
    if (read_numbers(*resumed) != rest) return "another rest";
    Batches all = first;
    all.insert(all.end(), rest.begin(), rest.end());
    return all == want ? log : "another order";
  });
  EXPECT_TRUE(text.starts_with("prefetch() has no thread, the input is read where it is used: "))
      << text;
}

// H2: as without a thread, the call after one that threw tries the same element again.
TEST(PrefetchIterator, H2_AfterAnErrorTheSameElementIsTriedAgain) {
  for (const int64_t depth : {0, 1, 4}) {
    std::atomic<int> failures = 2;
    Dataset dataset = Dataset::range(8).map_native(
        [&failures](const ArrayElement& element) -> ArrayElement {
          if (element.features[0].item<int64_t>() == 3 && failures-- > 0)
            throw Error(ErrorCode::kUnavailable, "test", "not now");
          return element;
        },
        Dataset::range(1).spec());
    if (depth > 0) dataset = dataset.prefetch(depth);
    const auto iterator = make_iterator(dataset, {});
    EXPECT_EQ(read_numbers(*iterator, 3), (Batches{{0}, {1}, {2}}));
    ArrayElement element;
    for (int time = 0; time < 2; ++time)
      base::expect_error([&] { iterator->next(element); }, ErrorCode::kUnavailable, "not now");
    EXPECT_EQ(read_numbers(*iterator), (Batches{{3}, {4}, {5}, {6}, {7}})) << depth;
  }
}

// H15: the thread is in the parent.
TEST(PrefetchIterator, H15_GoesOnInAForkedChild) {
  if (!base::may_start_threads_in_child())
    GTEST_SKIP() << "ThreadSanitizer starts no threads there; every other preset runs this test";
  const Batches want = read_numbers(shuffled(), 1000, {3, 4});
  for (int64_t taken = 0; taken <= static_cast<int64_t>(want.size()); taken += 4) {
    const auto iterator = make_iterator(shuffled().prefetch(2), {3, 4});
    read_numbers(*iterator, taken);
    const std::string position = iterator->position();
    const auto rest_is_right = [&] {
      return iterator->position() == position &&
             read_numbers(*iterator) == Batches(want.begin() + taken, want.end());
    };
    EXPECT_EQ(base::claim_in_child(rest_is_right), "true") << taken;
    EXPECT_TRUE(rest_is_right()) << taken;
  }
}

}  // namespace prefetch_iterator_test
}  // namespace reckon::reckon_internal::data
