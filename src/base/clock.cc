// SPDX-License-Identifier: Apache-2.0
// The system's clocks.
#include "base/clock.h"

#include <time.h>

#include <chrono>

namespace reckon::base {
namespace {

template <class ChronoClock>
double seconds_now() {
  return std::chrono::duration<double>(ChronoClock::now().time_since_epoch()).count();
}

class SystemClock : public Clock {
 public:
  double wall_seconds() override { return seconds_now<std::chrono::system_clock>(); }
  double monotonic_seconds() override { return seconds_now<std::chrono::steady_clock>(); }
  double coarse_seconds() override {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }
};

}  // namespace

Clock& Clock::system() {
  static SystemClock clock;
  return clock;
}

}  // namespace reckon::base
