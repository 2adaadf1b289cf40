// SPDX-License-Identifier: Apache-2.0
// Decides by step or by time when something is due again; lives as long as the Estimator, so that
// timers run on across calls. Source: tf.estimator's SecondOrStepTimer.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/step_arithmetic.h"

namespace reckon::estimator {

class StepTimer {
 public:
  static StepTimer every_steps(int64_t steps) { return StepTimer(steps, 0); }
  static StepTimer every_seconds(double seconds) { return StepTimer(0, seconds); }

  std::optional<int64_t> last_step() const { return last_step_; }
  double last_seconds() const { return last_seconds_; }
  /// True if it never triggered, or the step or the time has come; false twice at one step.
  bool is_due(int64_t step, double now) const {
    if (!last_step_) return true;
    if (step == *last_step_) return false;
    return steps_ > 0 ? step >= base::saturating_add(*last_step_, steps_)
                      : now >= last_seconds_ + seconds_;
  }
  void trigger(int64_t step, double now) {
    last_step_ = step;
    last_seconds_ = now;
  }
  /// As if it had never triggered.
  void reset() { last_step_.reset(); }
  /// The first step at which it can be due by steps; INT64_MAX if it goes by time.
  int64_t due_step() const {
    if (!last_step_) return std::numeric_limits<int64_t>::min();
    return steps_ > 0 ? base::saturating_add(*last_step_, steps_)
                      : std::numeric_limits<int64_t>::max();
  }
  double due_seconds() const {
    if (steps_ > 0 || !last_step_) return std::numeric_limits<double>::infinity();
    return last_seconds_ + seconds_;
  }

 private:
  StepTimer(int64_t steps, double seconds) : steps_(steps), seconds_(seconds) {}

  int64_t steps_;
  double seconds_;
  std::optional<int64_t> last_step_;
  double last_seconds_ = 0;
};

}  // namespace reckon::estimator
