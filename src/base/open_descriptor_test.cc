// SPDX-License-Identifier: Apache-2.0
// Descriptors in a process with some or all standard streams closed (`program <&- >&- 2>&-`).
#include "base/open_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "base/child_process_testing.h"
#include "base/file_system.h"
#include "base/temporary_directory_testing.h"

namespace reckon::base {
namespace open_descriptor_test {

/// Closes those of `subset`, 5 for 0 and 2; what is printed to the others is lost.
void close_streams(int subset) {
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int stream = 0; stream < 3; ++stream) ::dup2(nothing, stream);
  ::close(nothing);
  for (int stream = 0; stream < 3; ++stream) {
    if (subset >> stream & 1) ::close(stream);
  }
}

/// The subset of the standard streams that is closed.
int closed_streams() {
  int subset = 0;
  for (int stream = 0; stream < 3; ++stream) {
    if (::fcntl(stream, F_GETFD) == -1) subset |= 1 << stream;
  }
  return subset;
}

/// What anybody's printing does; it is lost or goes where the stream goes.
void print_everywhere() {
  for (int stream = 0; stream < 3; ++stream) (void)!::write(stream, "line\n", 5);
}

/// Every kind of open there is, printing in between.
std::string use_files(FileSystem& files, const std::string& directory) {
  const auto written = files.open_write(directory + "/data");
  print_everywhere();
  const auto lock = files.try_lock(directory + "/lock", LockKind::kExclusive);
  const auto shared = files.try_lock(directory + "/shared", LockKind::kShared);
  written->append("first ");
  print_everywhere();
  files.sync_directory(directory);
  const size_t count = files.list(directory).size();
  written->append("second");
  written->close();
  const auto appended = files.open_write(directory + "/data", WriteMode::kAppend);
  const auto read = files.open_read(directory + "/data");
  print_everywhere();
  appended->append(" third");
  return std::to_string(count) + " " + files.read_file(directory + "/data") + " " +
         (files.read_file(directory + "/lock").starts_with("process ") ? "locked" : "damaged");
}

// H5: checkpoints written on descriptor 1 or 2 had log lines in them.
TEST(OpenDescriptor, NeverGivesOutAStandardStream) {
  for (int subset = 0; subset < 8; ++subset) {
    const TemporaryDirectory directory;
    const std::string text = in_child([&] {
      close_streams(subset);
      const std::string got = use_files(FileSystem::posix(), directory.path());
      return got + (closed_streams() == subset ? "" : ", other streams are closed");
    });
    EXPECT_EQ(text, "3 first second third locked") << "closed: " << subset;
  }
}

// H5: neither for the moment between the opening and a move elsewhere.
TEST(OpenDescriptor, LetsNoOtherThreadPrintIntoAFile) {
  if (!may_start_threads_in_child())
    GTEST_SKIP() << "ThreadSanitizer takes a descriptor that two threads use for a race; every "
                    "other preset runs this test";
  const TemporaryDirectory directory;
  const std::string text = in_child([&] {
    close_streams(7);
    std::atomic<bool> is_done = false;
    std::thread printer([&] {
      while (!is_done) print_everywhere();
    });
    FileSystem& files = FileSystem::posix();
    int damaged = 0;
    for (int i = 0; i < 300; ++i) {
      const std::string path = directory.file("file" + std::to_string(i));
      files.write_file(path, "whole");
      damaged += files.read_file(path) != "whole";
    }
    is_done = true;
    printer.join();
    return std::to_string(damaged);
  });
  EXPECT_EQ(text, "0");
}

TEST(OpenDescriptor, IsClosedOnExecAndKeepsTheReasonOfAFailure) {
  const TemporaryDirectory directory;
  for (const int subset : {0, 5, 7}) {
    const std::string text = in_child([&]() -> std::string {
      close_streams(subset);
      const int descriptor = open_descriptor(directory.path(), O_RDONLY | O_DIRECTORY);
      const bool is_closed_on_exec = (::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0;
      const bool is_missing = open_descriptor(directory.file("a"), O_RDONLY) == -1;
      return is_missing && errno == ENOENT && is_closed_on_exec && descriptor > 2 ? "right"
                                                                                  : "wrong";
    });
    EXPECT_EQ(text, "right") << "closed: " << subset;
  }
}

}  // namespace open_descriptor_test
}  // namespace reckon::base
