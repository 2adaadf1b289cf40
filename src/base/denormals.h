// SPDX-License-Identifier: Apache-2.0
// Denormal numbers as zero on one thread: they cost a hundred cycles each, and a result must not
// depend on which thread computed it, so the pool's workers and its callers set the same mode.
#pragma once

#include <xmmintrin.h>

namespace reckon::base {

/// Flushes denormal results and operands to zero on this thread as long as it lives.
class DenormalsFlushed {
 public:
  DenormalsFlushed() : saved_(_mm_getcsr()) {
    _mm_setcsr(saved_ | kFlushToZero | kDenormalsAreZero);
  }
  ~DenormalsFlushed() { _mm_setcsr(saved_); }
  DenormalsFlushed(const DenormalsFlushed&) = delete;
  DenormalsFlushed& operator=(const DenormalsFlushed&) = delete;

 private:
  static constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  unsigned saved_;
};

}  // namespace reckon::base
