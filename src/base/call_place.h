// SPDX-License-Identifier: Apache-2.0
// The line of the public call that is running on this thread, for the warnings it gives.
#pragma once

#include <utility>

#include <reckon/error.h>

namespace reckon::base {

/// While it lives, warnings that this thread logs name `place`, if that is known. The innermost
/// counts.
class CallPlace {
 public:
  explicit CallPlace(Place place)
      : before_(place.known() ? std::exchange(current_, place) : current_) {}
  ~CallPlace() { current_ = before_; }
  CallPlace(const CallPlace&) = delete;
  CallPlace& operator=(const CallPlace&) = delete;

  /// Not known() outside of any.
  static Place current() { return current_; }

 private:
  static inline thread_local Place current_ = {};
  Place before_;
};

}  // namespace reckon::base
