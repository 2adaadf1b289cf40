// SPDX-License-Identifier: Apache-2.0
// The parts of a path, and what every FileSystem gives on top of its calls.
#include "base/file_system.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/expect_error_testing.h"
#include "base/temporary_directory_testing.h"

namespace reckon::base {
namespace file_system_test {

TEST(Path, SplitsAtTheLastSlash) {
  EXPECT_EQ(directory_of("runs/a/model.ckpt"), "runs/a");
  EXPECT_EQ(directory_of("model.ckpt"), ".");
  EXPECT_EQ(directory_of("/model.ckpt"), "/");
  EXPECT_EQ(base_name_of("runs/a/model.ckpt"), "model.ckpt");
  EXPECT_EQ(base_name_of("model.ckpt"), "model.ckpt");
}

TEST(Path, JoinsWithOneSlash) {
  EXPECT_EQ(join_path("runs", "a"), "runs/a");
  EXPECT_EQ(join_path("runs/", "a"), "runs/a");
  EXPECT_EQ(join_path("", "a"), "a");
}

TEST(FileSystem, ReadsBackWhatItWrote) {
  const TemporaryDirectory directory;
  FileSystem& files = FileSystem::posix();
  for (const size_t size : {size_t{0}, size_t{1}, size_t{4096}, size_t{100'000}}) {
    std::string bytes(size, 'x');
    if (size > 0) bytes[size / 2] = '\0';
    files.write_file(directory.file("a"), bytes);
    EXPECT_EQ(files.size(directory.file("a")), size);
    EXPECT_TRUE(files.read_file(directory.file("a")) == bytes) << size;
  }
}

TEST(FileSystem, ReadsFilesThatHaveNoSize) {
  const std::string text = FileSystem::posix().read_file("/proc/self/status");
  EXPECT_EQ(FileSystem::posix().size("/proc/self/status"), 0u);
  EXPECT_TRUE(text.starts_with("Name:")) << text;
}

TEST(FileSystem, NamesTheOwnerOfALockThatIsTaken) {
  const TemporaryDirectory directory;
  FileSystem& files = FileSystem::posix();
  const std::string path = directory.file(".lock");
  EXPECT_EQ(files.lock_owner(path), "another process");
  const auto lock = files.lock(path);
  const std::string process = "process " + std::to_string(::getpid()) + " on ";
  EXPECT_TRUE(files.lock_owner(path).starts_with(process)) << files.lock_owner(path);
  expect_error([&] { files.lock(path); }, ErrorCode::kUnavailable,
               "[lock] " + path + " is held by " + files.lock_owner(path) +
                   ", and only one may hold it; let that end first, or use another directory.");
}

TEST(FileSystem, DropsControlCharactersOfAForeignLockFile) {
  const TemporaryDirectory directory;
  FileSystem::posix().write_file(directory.file(".lock"), "process\x1b[2J 7\n");
  EXPECT_EQ(FileSystem::posix().lock_owner(directory.file(".lock")), "process[2J 7");
}

}  // namespace file_system_test
}  // namespace reckon::base
