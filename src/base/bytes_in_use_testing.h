// SPDX-License-Identifier: Apache-2.0
// For tests: how much memory the process uses, to see that work leaves nothing behind.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <fstream>

#ifdef RECKON_SANITIZED
extern "C" size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace reckon::base {

/// Bytes of this process that are in memory. Sanitizers hold much besides, freed blocks and notes
/// about each access, so there it is what is allocated.
inline int64_t bytes_in_use() {
#ifdef RECKON_SANITIZED
  return static_cast<int64_t>(__sanitizer_get_current_allocated_bytes());
#else
  int64_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
#endif
}

}  // namespace reckon::base
