// SPDX-License-Identifier: Apache-2.0
// Time as an argument: what decides by time takes a Clock, so that a test can turn its hands.
#pragma once

namespace reckon::base {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since 1970; jumps when the system's clock is set. For stamps in files only.
  virtual double wall_seconds() = 0;
  /// Seconds since some start; never runs backwards. For durations and throttles.
  virtual double monotonic_seconds() = 0;
  /// The same within 10 ms, at a fraction of the cost: for what is looked at in every step.
  virtual double coarse_seconds() { return monotonic_seconds(); }

  /// The system's clocks.
  static Clock& system();
};

/// A clock that stands still until a test moves it.
class ManualClock : public Clock {
 public:
  explicit ManualClock(double wall_seconds = 1e9) : wall_seconds_(wall_seconds) {}
  double wall_seconds() override { return wall_seconds_; }
  double monotonic_seconds() override { return monotonic_seconds_; }

  /// Time passes on both clocks.
  void advance(double seconds) {
    wall_seconds_ += seconds;
    monotonic_seconds_ += seconds;
  }
  /// Someone sets the wall clock, forward or back.
  void set_wall(double seconds) { wall_seconds_ = seconds; }

 private:
  double wall_seconds_;
  double monotonic_seconds_ = 0;
};

}  // namespace reckon::base
