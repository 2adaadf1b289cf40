// SPDX-License-Identifier: Apache-2.0
// The claim pool: every part once, whoever runs it, and no deadlock in nesting, contention or
// failure.
#include "base/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <thread>
#include <vector>

#include "base/allocation_count_testing.h"
#include "base/check.h"
#include "base/child_process_testing.h"
#include "base/denormals.h"

namespace reckon::base {
namespace pool_test {

using std::chrono::milliseconds;

TEST(Pool, RunsEveryPartOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    Pool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const int64_t parts : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> counts(static_cast<size_t>(parts));
      pool.run(parts, [&](int64_t part) { ++counts[static_cast<size_t>(part)]; });
      for (const auto& count : counts) ASSERT_EQ(count, 1) << threads << " threads, " << parts;
    }
  }
}

TEST(Pool, RunsManyJobsOfChangingSizeInARow) {
  Pool pool(4);
  // Plain elements: the caller must see what the workers wrote.
  std::vector<int64_t> sums(64);
  int64_t expected = 0;
  for (int64_t job = 0; job < 20'000; ++job) {
    const int64_t parts = 1 + job * 7 % 64;
    expected += parts;
    pool.run(parts, [&](int64_t part) { ++sums[static_cast<size_t>(part)]; });
  }
  int64_t total = 0;
  for (const int64_t sum : sums) total += sum;
  EXPECT_EQ(total, expected);
}

TEST(Pool, AllocatesNothingInARun) {
  Pool pool(3);
  std::vector<int64_t> sums(16);
  const auto part_function = [&](int64_t part) { ++sums[static_cast<size_t>(part)]; };
  pool.run(16, part_function);
  const int64_t before = allocation_count;
  for (int job = 0; job < 1000; ++job) pool.run(16, part_function);
  EXPECT_EQ(allocation_count, before);
}

TEST(Pool, WakesWorkersThatHaveGoneToSleep) {
  Pool pool(2);
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(milliseconds(2));
    // Each part waits for the other: one thread alone would never finish.
    std::atomic<int> arrived{0};
    pool.run(2, [&](int64_t) {
      ++arrived;
      while (arrived != 2) std::this_thread::yield();
    });
    EXPECT_EQ(arrived, 2);
  }
}

TEST(Pool, SleepsUntilASlowPartIsDone) {
  Pool pool(2);
  std::atomic<int> arrived{0}, finished{0};
  const std::thread::id caller = std::this_thread::get_id();
  pool.run(2, [&](int64_t) {
    ++arrived;
    while (arrived != 2) std::this_thread::yield();
    if (std::this_thread::get_id() != caller) std::this_thread::sleep_for(milliseconds(5));
    ++finished;
  });
  EXPECT_EQ(finished, 2);
}

TEST(Pool, RunsANestedJobInline) {
  Pool pool(4);
  std::atomic<int> count{0};
  pool.run(8, [&](int64_t) {
    const std::thread::id outer = std::this_thread::get_id();
    pool.run(8, [&](int64_t) {
      EXPECT_EQ(std::this_thread::get_id(), outer);
      ++count;
    });
  });
  EXPECT_EQ(count, 64);
}

TEST(Pool, ServesSeveralCallersAtOnce) {
  Pool pool(3);
  std::atomic<int64_t> count{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int job = 0; job < 500; ++job) pool.run(9, [&](int64_t) { ++count; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(count, 4 * 500 * 9);
}

TEST(Pool, RethrowsTheFailureOfTheLowestPart) {
  for (const int threads : {1, 4}) {
    Pool pool(threads);
    for (int round = 0; round < 200; ++round) {
      try {
        pool.run(32, [](int64_t part) { require(part < 5, "test", "part ", part); });
        FAIL() << "nothing thrown";
      } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "[test] part 5.");
      }
    }
    std::atomic<int> count{0};
    pool.run(32, [&](int64_t) { ++count; });
    EXPECT_EQ(count, 32) << "the pool must work after a failure";
  }
}

TEST(Pool, FlushesDenormalsInItsWorkers) {
  Pool pool(2);
  volatile float smallest = std::numeric_limits<float>::min();
  std::atomic<int> arrived{0};
  std::vector<float> halves(2, -1.0f);
  const DenormalsFlushed denormals_flushed;
  pool.run(2, [&](int64_t part) {
    ++arrived;
    while (arrived != 2) std::this_thread::yield();
    halves[static_cast<size_t>(part)] = smallest / 2;
  });
  EXPECT_EQ(halves, (std::vector<float>{0.0f, 0.0f}));
}

TEST(DenormalsFlushed, RestoresTheModeOfTheThread) {
  volatile float smallest = std::numeric_limits<float>::min();
  {
    const DenormalsFlushed denormals_flushed;
    EXPECT_EQ(smallest / 2, 0.0f);
  }
  EXPECT_NE(smallest / 2, 0.0f);
}

TEST(Pool, RefusesAPoolWithoutThreads) {
  try {
    Pool pool(0);
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "[pool] a pool of 0 threads was asked for; give a number from 1 to 1024.");
  }
}

TEST(Pool, IsSharedByTheProcess) {
  EXPECT_EQ(&Pool::shared(), &Pool::shared());
  EXPECT_GE(Pool::shared().threads(), 1);
}

TEST(PoolDeathTest, SharedReadsTheNumberOfThreadsFromTheEnvironment) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("RECKON_THREADS", "3", 1);
        std::exit(Pool::shared().threads() == 3 ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(PoolDeathTest, SharedRefusesABadNumberOfThreads) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("RECKON_THREADS", "two", 1);
        try {
          Pool::shared();
        } catch (const Error& error) {
          std::fprintf(stderr, "%s", error.what());
          std::exit(2);
        }
      },
      testing::ExitedWithCode(2), "RECKON_THREADS is \"two\", not a number from 1 to 1024");
}

// H15: the workers of the parent are not there.
TEST(Pool, HasWorkersOfItsOwnInAForkedChild) {
  if (!may_start_threads_in_child())
    GTEST_SKIP()
        << "ThreadSanitizer starts no threads in such a child; every other preset runs this test";
  Pool pool(2);
  // Two parts that wait for each other need two threads.
  const auto meet = [&pool] {
    std::atomic<int> arrived{0};
    pool.run(2, [&](int64_t) {
      ++arrived;
      while (arrived < 2) std::this_thread::yield();
    });
    return arrived == 2;
  };
  EXPECT_TRUE(meet());
  EXPECT_EQ(claim_in_child(meet), "true");
  const auto of_own = [] { return Pool(3).threads() == 3; };
  EXPECT_EQ(claim_in_child(of_own), "true");
}

TEST(Pool, WorksInAChildThatWasForkedInTheMiddleOfAJob) {
  if (!may_start_threads_in_child())
    GTEST_SKIP()
        << "ThreadSanitizer starts no threads in such a child; every other preset runs this test";
  Pool pool(3);
  std::atomic<bool> is_ending{false}, is_running{false};
  std::thread busy([&] {
    while (!is_ending) {
      pool.run(64, [&](int64_t) { is_running = true; });
    }
  });
  while (!is_running) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) {
    const auto counts = [&pool] {
      std::atomic<int> count{0};
      for (int job = 0; job < 100; ++job) pool.run(8, [&](int64_t) { ++count; });
      return count == 800;
    };
    EXPECT_EQ(claim_in_child(counts), "true") << i;
  }
  is_ending = true;
  busy.join();
}

}  // namespace pool_test
}  // namespace reckon::base
