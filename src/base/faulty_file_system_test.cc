// SPDX-License-Identifier: Apache-2.0
// The faulty twin: transparent when healthy, and as the system would be when a call fails.
#include "base/faulty_file_system_testing.h"

#include <cerrno>

#include "base/expect_error_testing.h"
#include "base/temporary_directory_testing.h"

namespace reckon::base {
namespace faulty_file_system_test {

class FaultyFileSystemTest : public testing::Test {
 protected:
  // What a careful writer does.
  void replace(const std::string& bytes) {
    const std::string temporary = directory_.file(".tmp");
    files_.write_file(temporary, bytes);
    files_.rename(temporary, directory_.file("a"));
    files_.sync_directory(directory_.path());
  }

  TemporaryDirectory directory_;
  FaultyFileSystem files_{FileSystem::posix()};
};

TEST_F(FaultyFileSystemTest, PassesCallsOnAndWritesThemDown) {
  replace("x");
  EXPECT_EQ(FileSystem::posix().read_file(directory_.file("a")), "x");
  const std::string temporary = directory_.file(".tmp");
  EXPECT_EQ(files_.calls(), (std::vector<std::string>{"open_write " + temporary,
                                                      "append " + temporary, "sync " + temporary,
                                                      "close " + temporary, "rename " + temporary,
                                                      "sync_directory " + directory_.path()}));
  EXPECT_FALSE(files_.has_failed());
}

TEST_F(FaultyFileSystemTest, FailsEveryCallInTurn) {
  for (const int error_number : {EIO, ENOSPC}) {
    replace("old");
    for (int call = 1; call <= 6; ++call) {
      files_.fail_call(call, error_number);
      expect_error([&] { replace("new"); }, ErrorCode::kUnavailable,
                   error_number == EIO ? "Input/output error" : "No space left on device");
      EXPECT_TRUE(files_.has_failed());
      EXPECT_EQ(files_.calls().size(), static_cast<size_t>(call));
      const std::string left = FileSystem::posix().read_file(directory_.file("a"));
      EXPECT_EQ(left, call <= 5 ? "old" : "new");
    }
    files_.heal();
  }
}

TEST_F(FaultyFileSystemTest, FailsOnceOrFromThenOn) {
  files_.fail_call(1, EIO);
  EXPECT_ANY_THROW(files_.size(directory_.file("a")));
  EXPECT_NO_THROW(replace("x"));
  files_.fail_call(1, EIO, FaultDuration::kFromThenOn);
  EXPECT_ANY_THROW(files_.list(directory_.path()));
  EXPECT_ANY_THROW(files_.list(directory_.path()));
  files_.heal();
  EXPECT_EQ(files_.list(directory_.path()).size(), 1u);
}

TEST_F(FaultyFileSystemTest, WritesHalfOfAnAppendThatFails) {
  const auto file = files_.open_write(directory_.file("a"), WriteMode::kTruncate);
  files_.fail_call(1, ENOSPC);
  expect_error([&] { file->append("0123456789"); },
               "could not be written: No space left on device");
  EXPECT_EQ(FileSystem::posix().read_file(directory_.file("a")), "01234");
}

TEST_F(FaultyFileSystemTest, FailsReadsAndLocks) {
  replace("x");
  for (int call = 1; call <= 3; ++call) {
    files_.fail_call(call, EIO);
    expect_error([&] { files_.read_file(directory_.file("a")); }, "Input/output error");
  }
  files_.fail_call(1, EACCES);
  expect_error([&] { files_.lock(directory_.file(".lock")); },
               "could not be locked: Permission denied");
  EXPECT_TRUE(files_.lock(directory_.file(".lock")));
  files_.fail_call(1, EACCES);
  expect_error([&] { files_.remove(directory_.file("a")); }, "could not be removed");
  files_.fail_call(1, EACCES);
  expect_error([&] { files_.make_directories(directory_.file("d")); }, "could not be made");
  EXPECT_TRUE(files_.exists(directory_.file("a")));
  EXPECT_FALSE(files_.is_directory(directory_.file("d")));
}

}  // namespace faulty_file_system_test
}  // namespace reckon::base
