// SPDX-License-Identifier: Apache-2.0
// For tests: how much memory the process has, and how much more it may have after work that should
// leave nothing behind.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <fstream>

namespace reckon::base {

/// Bytes of this process that are in memory.
inline int64_t resident_bytes() {
  int64_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

/// `bytes`, and what AddressSanitizer holds back of freed memory to catch its late users.
constexpr int64_t growth_limit(int64_t bytes) {
#ifdef __SANITIZE_ADDRESS__
  return bytes + (int64_t{300} << 20);
#else
  return bytes;
#endif
}

}  // namespace reckon::base
