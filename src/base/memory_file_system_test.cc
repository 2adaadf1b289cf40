// SPDX-License-Identifier: Apache-2.0
// The file system in memory: a file system like the system's, and one whose crash drops exactly
// what was not synced.
#include "base/memory_file_system_testing.h"

#include "base/expect_error_testing.h"

namespace reckon::base {
namespace memory_file_system_test {

class MemoryFileSystemTest : public testing::Test {
 protected:
  MemoryFileSystemTest() { files_.make_directories("runs/a"); }

  void write_unsynced(const std::string& path, const std::string& bytes) {
    files_.open_write(path, WriteMode::kTruncate)->append(bytes);
  }
  /// The bytes of a file; "none" if it is not there.
  std::string bytes_of(const std::string& path) {
    return files_.exists(path) ? files_.read_file(path) : "none";
  }
  /// runs/a/old, whole and durable.
  void write_old() {
    files_.write_file("runs/a/old", "old");
    files_.sync_directory("runs/a");
  }

  MemoryFileSystem files_;
};

TEST_F(MemoryFileSystemTest, WritesReadsAppendsRenamesAndRemoves) {
  files_.write_file("runs/a/x", "01234");
  files_.open_write("runs/a/x", WriteMode::kAppend)->append("56789");
  EXPECT_EQ(files_.read_file("runs/a/x"), "0123456789");
  EXPECT_EQ(files_.size("runs/a/x"), 10u);
  char buffer[8];
  EXPECT_EQ(files_.open_read("runs/a/x")->read(7, buffer, 8), 3u);
  EXPECT_EQ(files_.open_read("runs/a/x")->read(10, buffer, 8), 0u);
  files_.write_file("runs/a/y", "y");
  EXPECT_EQ(files_.list("runs/a"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(files_.list("runs"), std::vector<std::string>{"a"});
  files_.rename("runs/a/x", "runs/a/y");
  EXPECT_EQ(bytes_of("runs/a/y"), "0123456789");
  EXPECT_EQ(bytes_of("runs/a/x"), "none");
  EXPECT_TRUE(files_.remove("runs/a/y"));
  EXPECT_FALSE(files_.remove("runs/a/y"));
}

TEST_F(MemoryFileSystemTest, FailsAsTheSystemWould) {
  expect_error([&] { files_.read_file("runs/a/x"); }, ErrorCode::kNotFound,
               "runs/a/x could not be opened: No such file or directory");
  expect_error([&] { files_.open_write("runs/b/x", WriteMode::kTruncate); }, ErrorCode::kNotFound,
               "runs/b/x could not be opened");
  expect_error([&] { files_.open_write("runs/a", WriteMode::kTruncate); }, "Is a directory");
  expect_error([&] { files_.rename("runs/a/x", "runs/a/y"); }, "could not be renamed");
  expect_error([&] { files_.list("runs/b"); }, "could not be listed");
  expect_error([&] { files_.sync_directory("runs/b"); }, "could not be synced");
  files_.write_file("runs/plain", "x");
  expect_error([&] { files_.make_directories("runs/plain/b"); }, "could not be made: File exists");
}

TEST_F(MemoryFileSystemTest, ACrashLosesBytesThatWereNotSynced) {
  write_old();
  const auto file = files_.open_write("runs/a/old", WriteMode::kAppend);
  file->append(" and new");
  EXPECT_EQ(bytes_of("runs/a/old"), "old and new");
  files_.crash(UnsyncedNames::kKept);
  EXPECT_EQ(bytes_of("runs/a/old"), "old");
  file->append("the dead program");
  file->sync();
  EXPECT_EQ(bytes_of("runs/a/old"), "old") << "it writes into nothing";
}

TEST_F(MemoryFileSystemTest, ACrashLosesTruncationToo) {
  write_old();
  write_unsynced("runs/a/old", "n");
  files_.crash(UnsyncedNames::kDropped);
  EXPECT_EQ(bytes_of("runs/a/old"), "old");
}

TEST_F(MemoryFileSystemTest, ACrashLosesNamesWhoseDirectoryWasNotSynced) {
  write_old();
  files_.write_file("runs/a/new", "new");
  files_.rename("runs/a/old", "runs/a/moved");
  files_.crash(UnsyncedNames::kDropped);
  EXPECT_EQ(files_.list("runs/a"), std::vector<std::string>{"old"});
  EXPECT_EQ(bytes_of("runs/a/old"), "old");
  files_.remove("runs/a/old");
  files_.crash(UnsyncedNames::kDropped);
  EXPECT_EQ(bytes_of("runs/a/old"), "old") << "a removal too";
  files_.remove("runs/a/old");
  files_.sync_directory("runs/a");
  files_.crash(UnsyncedNames::kDropped);
  EXPECT_TRUE(files_.list("runs/a").empty());
}

// The classic bug: rename without fsync of the file.
TEST_F(MemoryFileSystemTest, ARenamedFileThatWasNeverSyncedIsEmptyAfterACrash) {
  write_old();
  write_unsynced("runs/a/.tmp", "new");
  files_.rename("runs/a/.tmp", "runs/a/old");
  files_.sync_directory("runs/a");
  EXPECT_EQ(bytes_of("runs/a/old"), "new");
  files_.crash(UnsyncedNames::kDropped);
  EXPECT_EQ(bytes_of("runs/a/old"), "");
}

TEST_F(MemoryFileSystemTest, SomeOfTheUnsyncedNamesMayReachTheDisk) {
  for (const char* name : {"runs/a/1", "runs/a/2", "runs/a/3", "runs/a/4"})
    files_.write_file(name, "x");
  files_.crash(UnsyncedNames::kEveryOther);
  EXPECT_EQ(files_.list("runs/a"), (std::vector<std::string>{"1", "3"}));
}

TEST_F(MemoryFileSystemTest, OnlyTheSyncedDirectoryIsDurable) {
  files_.make_directories("runs/b");
  files_.write_file("runs/a/x", "x");
  files_.write_file("runs/b/x", "x");
  files_.sync_directory("runs/b");
  files_.crash(UnsyncedNames::kDropped);
  EXPECT_TRUE(files_.list("runs/a").empty());
  EXPECT_EQ(files_.list("runs/b"), std::vector<std::string>{"x"});
}

TEST_F(MemoryFileSystemTest, LocksExcludeEachOtherUntilACrash) {
  auto first = files_.lock("runs/a/.lock");
  expect_error([&] { files_.lock("runs/a/.lock"); }, ErrorCode::kUnavailable,
               "runs/a/.lock is held by this process");
  EXPECT_FALSE(files_.try_lock("runs/a/.lock", LockKind::kShared));
  first.reset();
  auto shared = files_.try_lock("runs/a/.lock", LockKind::kShared);
  EXPECT_TRUE(files_.try_lock("runs/a/.lock", LockKind::kShared));
  EXPECT_FALSE(files_.try_lock("runs/a/.lock", LockKind::kExclusive));
  files_.crash(UnsyncedNames::kKept);
  EXPECT_TRUE(files_.try_lock("runs/a/.lock", LockKind::kExclusive));
}

TEST_F(MemoryFileSystemTest, KnowsWhetherALockIsStillInPlace) {
  const auto lock = files_.lock("runs/a/.lock");
  EXPECT_TRUE(lock->is_in_place());
  files_.remove("runs/a/.lock");
  EXPECT_FALSE(lock->is_in_place());
  const auto second = files_.lock("runs/a/.lock");
  EXPECT_TRUE(second->is_in_place());
  EXPECT_FALSE(lock->is_in_place());
}

}  // namespace memory_file_system_test
}  // namespace reckon::base
