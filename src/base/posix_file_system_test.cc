// SPDX-License-Identifier: Apache-2.0
// The system's files, on a real directory.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/expect_error_testing.h"
#include "base/file_system.h"
#include "base/temporary_directory_testing.h"

namespace reckon::base {
namespace posix_file_system_test {

class PosixFileSystem : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.file(name); }

  TemporaryDirectory directory_;
  FileSystem& files_ = FileSystem::posix();
};

TEST_F(PosixFileSystem, TruncatesOrAppendsAsAsked) {
  files_.write_file(path("a"), "first");
  auto file = files_.open_write(path("a"), WriteMode::kAppend);
  file->append(" and");
  file->append(" second");
  file->close();
  EXPECT_EQ(files_.read_file(path("a")), "first and second");
  files_.write_file(path("a"), "third");
  EXPECT_EQ(files_.read_file(path("a")), "third");
}

TEST_F(PosixFileSystem, ReservesRoomWithoutChangingTheSize) {
  const auto file = files_.open_write(path("a"));
  file->reserve(1 << 20);
  EXPECT_EQ(files_.size(path("a")), 0u);
  file->append("x");
  file->close();
  EXPECT_EQ(files_.read_file(path("a")), "x");
}

TEST_F(PosixFileSystem, ReadsAtAnyOffset) {
  files_.write_file(path("a"), "0123456789");
  const auto file = files_.open_read(path("a"));
  EXPECT_EQ(file->size(), 10u);
  char buffer[4] = {};
  EXPECT_EQ(file->read(3, buffer, 4), 4u);
  EXPECT_EQ(std::string(buffer, 4), "3456");
  EXPECT_EQ(file->read(8, buffer, 4), 2u);
  EXPECT_EQ(file->read(20, buffer, 4), 0u);
}

TEST_F(PosixFileSystem, SaysWhatIsNotThere) {
  expect_error(
      [&] { files_.read_file(path("a")); }, ErrorCode::kNotFound,
      "[file] " + path("a") + " could not be opened: No such file or directory; check the path.");
  expect_error([&] { files_.size(path("a")); }, ErrorCode::kNotFound, "could not be examined");
  expect_error([&] { files_.list(path("a")); }, ErrorCode::kNotFound, "could not be listed");
  expect_error([&] { files_.rename(path("a"), path("b")); }, ErrorCode::kNotFound,
               path("a") + " could not be renamed to " + path("b"));
  expect_error([&] { files_.sync_directory(path("a")); }, ErrorCode::kNotFound,
               "could not be opened");
  EXPECT_FALSE(files_.exists(path("a")));
  EXPECT_FALSE(files_.is_directory(path("a")));
  EXPECT_FALSE(files_.remove(path("a")));
}

TEST_F(PosixFileSystem, SaysWhenAPathIsOfTheWrongKind) {
  expect_error([&] { files_.open_write(directory_.path()); }, ErrorCode::kUnavailable,
               "could not be opened: Is a directory; check the path.");
  expect_error([&] { files_.read_file(directory_.path()); }, ErrorCode::kUnavailable,
               "could not be read: Is a directory");
  files_.write_file(path("a"), "");
  expect_error([&] { files_.make_directories(path("a/b")); }, ErrorCode::kUnavailable,
               path("a") + " could not be made: File exists");
  files_.make_directories(path("full/inner"));
  expect_error([&] { files_.remove(path("full")); }, ErrorCode::kUnavailable,
               "could not be removed: Directory not empty; remove what is there first.");
}

TEST_F(PosixFileSystem, SaysWhenTheDiskIsFull) {
  if (!files_.exists("/dev/full")) {
    GTEST_SKIP() << "/dev/full is not there, which a full disk is tried on; to run this test, make "
                    "it: mknod -m 666 /dev/full c 1 7";
  }
  const auto file = files_.open_write("/dev/full", WriteMode::kAppend);
  expect_error([&] { file->append("x"); }, ErrorCode::kUnavailable,
               "[file] /dev/full could not be written: No space left on device; free some space or "
               "write to another disk.");
}

TEST_F(PosixFileSystem, RenamesOverWhatIsThere) {
  files_.write_file(path("a"), "new");
  files_.write_file(path("b"), "old");
  files_.rename(path("a"), path("b"));
  files_.sync_directory(directory_.path());
  EXPECT_EQ(files_.read_file(path("b")), "new");
  EXPECT_FALSE(files_.exists(path("a")));
  EXPECT_TRUE(files_.remove(path("b")));
  EXPECT_FALSE(files_.exists(path("b")));
}

TEST_F(PosixFileSystem, ListsNamesInOrder) {
  for (const char* name : {"b", "a", ".hidden"}) files_.write_file(path(name), "");
  files_.make_directories(path("c"));
  EXPECT_EQ(files_.list(directory_.path()), (std::vector<std::string>{".hidden", "a", "b", "c"}));
}

TEST_F(PosixFileSystem, MakesDirectoriesAndThoseAboveThem) {
  files_.make_directories(path("x/y/z"));
  files_.make_directories(path("x/y/z"));
  files_.make_directories(path("x/y/") + "/");
  EXPECT_TRUE(files_.is_directory(path("x/y/z")));
}

TEST_F(PosixFileSystem, LetsOneHolderOrManySharersLock) {
  auto exclusive = files_.try_lock(path("l"), LockKind::kExclusive);
  ASSERT_TRUE(exclusive);
  EXPECT_FALSE(files_.try_lock(path("l"), LockKind::kExclusive));
  EXPECT_FALSE(files_.try_lock(path("l"), LockKind::kShared));
  exclusive.reset();
  const auto first = files_.try_lock(path("l"), LockKind::kShared);
  const auto second = files_.try_lock(path("l"), LockKind::kShared);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(files_.try_lock(path("l"), LockKind::kExclusive));
}

TEST_F(PosixFileSystem, KnowsWhetherALockIsStillInPlace) {
  files_.make_directories(path("d"));
  const auto lock = files_.lock(path("d/l"));
  EXPECT_TRUE(lock->is_in_place());
  files_.rename(path("d"), path("e"));
  EXPECT_FALSE(lock->is_in_place());
  files_.make_directories(path("d"));
  const auto second = files_.lock(path("d/l"));
  EXPECT_TRUE(second->is_in_place());
  EXPECT_FALSE(lock->is_in_place());
  files_.remove(path("d/l"));
  EXPECT_FALSE(second->is_in_place());
}

TEST_F(PosixFileSystem, FreesTheLockOfADeadProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = files_.try_lock(path("l"), LockKind::kExclusive);
    ::_exit(lock ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(files_.try_lock(path("l"), LockKind::kExclusive));
}

TEST_F(PosixFileSystem, LeaksNoDescriptors) {
  const auto open_descriptors = [&] { return files_.list("/proc/self/fd").size(); };
  const size_t before = open_descriptors();
  for (int i = 0; i < 3; ++i) {
    files_.write_file(path("a"), "x");
    files_.read_file(path("a"));
    files_.open_write(path("a"));
    files_.try_lock(path("l"), LockKind::kExclusive);
    files_.sync_directory(directory_.path());
    files_.list(directory_.path());
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace posix_file_system_test
}  // namespace reckon::base
