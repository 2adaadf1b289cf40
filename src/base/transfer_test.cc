// SPDX-License-Identifier: Apache-2.0
// Transfers against a system that interrupts, stops short and fails.
#include "base/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace reckon::base {
namespace transfer_test {

ssize_t fail_with(int error_number) {
  errno = error_number;
  return -1;
}

TEST(WriteFully, GoesOnAfterShortAndInterruptedWrites) {
  std::string written;
  int calls = 0;
  const auto write_call = [&](const char* data, size_t count) -> ssize_t {
    if (++calls % 2 == 1) return fail_with(EINTR);
    const size_t taken = std::min<size_t>(count, 3);
    written.append(data, taken);
    return static_cast<ssize_t>(taken);
  };
  EXPECT_EQ(write_fully("0123456789", write_call), 0);
  EXPECT_EQ(written, "0123456789");
  EXPECT_EQ(calls, 8);
}

TEST(WriteFully, ReturnsTheErrorOfALaterWrite) {
  int calls = 0;
  const auto write_call = [&](const char*, size_t) -> ssize_t {
    return ++calls == 1 ? 4 : fail_with(ENOSPC);
  };
  EXPECT_EQ(write_fully("0123456789", write_call), ENOSPC);
}

TEST(WriteFully, DoesNotTryForEverWhenNothingIsTaken) {
  EXPECT_EQ(write_fully("0", [](const char*, size_t) -> ssize_t { return 0; }), EIO);
}

TEST(ReadFully, GoesOnAfterShortAndInterruptedReads) {
  const std::string source = "0123456789";
  std::string buffer(10, ' ');
  int calls = 0;
  const auto read_call = [&](char* data, size_t count, size_t done) -> ssize_t {
    if (++calls % 2 == 1) return fail_with(EINTR);
    const size_t given = std::min<size_t>(count, 4);
    std::memcpy(data, source.data() + done, given);
    return static_cast<ssize_t>(given);
  };
  EXPECT_EQ(read_fully(buffer.data(), 10, read_call), 10);
  EXPECT_EQ(buffer, source);
}

TEST(ReadFully, StopsAtTheEndOfTheFile) {
  char buffer[8];
  const auto read_call = [](char*, size_t, size_t done) -> ssize_t { return done == 0 ? 5 : 0; };
  EXPECT_EQ(read_fully(buffer, 8, read_call), 5);
}

TEST(ReadFully, KeepsTheErrorNumber) {
  char buffer[8];
  const auto read_call = [](char*, size_t, size_t) { return fail_with(EIO); };
  EXPECT_EQ(read_fully(buffer, 8, read_call), -1);
  EXPECT_EQ(errno, EIO);
}

}  // namespace transfer_test
}  // namespace reckon::base
