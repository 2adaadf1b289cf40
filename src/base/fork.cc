// SPDX-License-Identifier: Apache-2.0
#include "base/fork.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <thread>

#include "base/check.h"

namespace reckon::base {
namespace {

std::atomic<uint64_t> forks{0};

constexpr size_t kMaxHeld = 8;
std::mutex registering;
std::array<std::atomic<std::mutex*>, kMaxHeld> held{};
std::atomic<size_t> held_count{0};
size_t locked_count = 0;  // written by who forks, between prepare and its end

/// All or none: a holder of one may be waiting for another.
bool lock_all(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (held[i].load()->try_lock()) continue;
    while (i > 0) held[--i].load()->unlock();
    return false;
  }
  return true;
}

void prepare() {
  registering.lock();
  const size_t count = held_count.load();
  while (!lock_all(count)) std::this_thread::yield();
  locked_count = count;
}

void end_in_parent() {
  for (size_t i = locked_count; i > 0; --i) held[i - 1].load()->unlock();
  registering.unlock();
}

void end_in_child() {
  forks.fetch_add(1, std::memory_order_relaxed);
  end_in_parent();
}

// Before main(), so before any thread of ours.
[[maybe_unused]] const int is_registered = pthread_atfork(prepare, end_in_parent, end_in_child);

}  // namespace

uint64_t fork_count() { return forks.load(std::memory_order_relaxed); }

void hold_while_forking(std::mutex& mutex) {
  const std::lock_guard<std::mutex> guard(registering);
  const size_t count = held_count.load();
  RECKON_CHECK(count < kMaxHeld && "raise kMaxHeld");
  held[count].store(&mutex);
  held_count.store(count + 1);
}

}  // namespace reckon::base
