// SPDX-License-Identifier: Apache-2.0
// H15: what is left of threads and mutexes in a forked child.
#include "base/fork.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/child_process_testing.h"

namespace reckon::base {
namespace fork_test {

TEST(Fork, CountsForksUpToThisProcess) {
  const uint64_t before = fork_count();
  const auto child = [&] {
    return fork_count() == before + 1 &&
           claim_in_child([&] { return fork_count() == before + 2; }) == "true";
  };
  EXPECT_EQ(claim_in_child(child), "true");
  EXPECT_EQ(fork_count(), before);
}

TEST(Fork, AHeldMutexIsFreeInTheChildWhoeverHadIt) {
  static std::mutex first, second;
  hold_while_forking(first);
  hold_while_forking(second);
  std::atomic<bool> is_ending{false};
  std::atomic<int> rounds{0};
  // In either order: a fork that waits must not keep one from who needs both.
  const auto work = [&](std::mutex& outer, std::mutex& inner) {
    while (!is_ending) {
      const std::lock_guard<std::mutex> a(outer);
      const std::lock_guard<std::mutex> b(inner);
      ++rounds;
    }
  };
  std::thread worker([&] { work(second, first); });
  while (rounds < 100) std::this_thread::yield();
  for (int i = 0; i < 50; ++i) {
    const auto locks_both = [] {
      const std::lock_guard<std::mutex> a(first);
      const std::lock_guard<std::mutex> b(second);
      return true;
    };
    EXPECT_EQ(claim_in_child(locks_both), "true") << i;
  }
  is_ending = true;
  worker.join();
}

}  // namespace fork_test
}  // namespace reckon::base
