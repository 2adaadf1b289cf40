// SPDX-License-Identifier: Apache-2.0
// Whole transfers out of system calls that may stop halfway: interrupted ones are repeated, short
// ones continued. The calls are arguments, so that a test can be the system.
#pragma once

#include <sys/types.h>
#include <cerrno>
#include <cstdint>
#include <string_view>

namespace reckon::base {

/// Repeats `call` while a signal interrupts it.
template <class Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// write_call(data, count) -> ssize_t until all of `bytes` are written; 0, or the errno of the
/// failure.
template <class WriteCall>
int write_fully(std::string_view bytes, WriteCall write_call) {
  while (!bytes.empty()) {
    const ssize_t count = retry_interrupted([&] { return write_call(bytes.data(), bytes.size()); });
    if (count < 0) return errno;
    // POSIX lets a write of nothing pass as success; going on would never end.
    if (count == 0) return EIO;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return 0;
}

/// read_call(buffer, count, done) -> ssize_t until `count` bytes or the end of the file; the number
/// of bytes, or -1 with errno.
template <class ReadCall>
ssize_t read_fully(char* buffer, size_t count, ReadCall read_call) {
  size_t done = 0;
  while (done < count) {
    const ssize_t got =
        retry_interrupted([&] { return read_call(buffer + done, count - done, done); });
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace reckon::base
