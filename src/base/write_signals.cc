// SPDX-License-Identifier: Apache-2.0
#include "base/write_signals.h"

#include <cerrno>
#include <ctime>
#include <initializer_list>

namespace reckon::base {

WriteSignalsBlocked::WriteSignalsBlocked() {
  const int kept = errno;
  sigset_t pending;
  ::sigpending(&pending);
  ::sigemptyset(&blocked_);
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    // One that waits already is not of a write in here, and stays for whom it is meant.
    if (::sigismember(&pending, signal) == 0) ::sigaddset(&blocked_, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &blocked_, &before_);
  errno = kept;
}

WriteSignalsBlocked::~WriteSignalsBlocked() {
  const int kept = errno;
  const timespec at_once = {};
  while (::sigtimedwait(&blocked_, nullptr, &at_once) >= 0 || errno == EINTR) {
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  errno = kept;
}

}  // namespace reckon::base
