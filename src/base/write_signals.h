// SPDX-License-Identifier: Apache-2.0
// Writing to a pipe that nobody reads, or beyond the limit of file sizes, raises a signal that ends
// the process. A library may not end its user's process: the write fails instead.
#pragma once

#include <csignal>

namespace reckon::base {

/// As long as it lives, this thread's writes that would raise SIGPIPE or SIGXFSZ fail with EPIPE or
/// EFBIG and nothing else; errno stays. Other threads and the handlers of signals are as before.
class WriteSignalsBlocked {
 public:
  WriteSignalsBlocked();
  ~WriteSignalsBlocked();
  WriteSignalsBlocked(const WriteSignalsBlocked&) = delete;
  WriteSignalsBlocked& operator=(const WriteSignalsBlocked&) = delete;

 private:
  sigset_t blocked_, before_;
};

}  // namespace reckon::base
