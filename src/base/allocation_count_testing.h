// SPDX-License-Identifier: Apache-2.0
// For tests that must see no allocation: counts every `new` of the program. It replaces the global
// operators, so exactly one source of a test program may include it.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace reckon::base {

/// Calls of `new` since the program started, by all threads; over-aligned ones are not counted.
inline std::atomic<int64_t> allocation_count{0};

}  // namespace reckon::base

// Not inlined, or g++ pairs `free` with a `new` whose body it does not see, and warns.
[[gnu::noinline]] void* operator new(size_t bytes) {
  ++reckon::base::allocation_count;
  if (void* memory = std::malloc(bytes ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  ++reckon::base::allocation_count;
  return std::malloc(bytes ? bytes : 1);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
