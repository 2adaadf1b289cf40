// SPDX-License-Identifier: Apache-2.0
// What the system refuses, with the reason that it gave: by real users, limits and mounts.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "base/child_process_testing.h"
#include "base/expect_error_testing.h"
#include "base/file_system.h"
#include "base/temporary_directory_testing.h"

namespace reckon::base {
namespace refused_files_test {

const std::string kNoMounts = "mounts are not allowed here";

class RefusedFiles : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.file(name); }

  /// What `action` throws, with its code, as a user that is not root.
  static std::string as_nobody(const std::function<void()>& action) {
    return in_child([&]() -> std::string {
      become_nobody();
      return text_of(action);
    });
  }
  static std::string text_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      const ErrorCode code = error.code();
      return std::string(code == ErrorCode::kUnavailable ? "unavailable "
                         : code == ErrorCode::kNotFound  ? "not found "
                                                         : "other ") +
             error.what();
    }
    return "nothing thrown";
  }
  /// In a child that sees the directory as a mount of its own.
  std::string in_mount(const char* type, unsigned long flags, const char* options,
                       const std::function<void()>& action) const {
    return in_child([&]() -> std::string {
      const char* target = directory_.path().c_str();
      const bool is_bind = std::strlen(type) == 0;
      if (::unshare(CLONE_NEWNS) != 0 ||
          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr))
        return kNoMounts;
      if (is_bind && ::mount(target, target, nullptr, MS_BIND, nullptr) != 0) return kNoMounts;
      const unsigned long all = is_bind ? flags | MS_BIND | MS_REMOUNT : flags;
      if (::mount("none", target, is_bind ? nullptr : type, all, options) != 0) return kNoMounts;
      return text_of(action);
    });
  }

  TemporaryDirectory directory_;
  FileSystem& files_ = FileSystem::posix();
};

// H10: errno of mkdir was read after another call, and came out as "No such file or directory".
TEST_F(RefusedFiles, OfAnotherUserAreNotMissing) {
  EXPECT_EQ(as_nobody([&] { files_.make_directories("/usr/x/model"); }),
            "unavailable [file] /usr/x could not be made: Permission denied; check the permissions "
            "of the file and its directory.");
  const std::string inner = path("a/b");
  EXPECT_EQ(
      as_nobody([&] { files_.make_directories(inner); }),
      "unavailable [file] " + directory_.path() +
          "/a could not be made: Permission denied; check the permissions of the file and its "
          "directory.");
}

// H10: a directory that may not be entered looked like one without the file: a training in it would
// begin anew, an evaluation use initial values.
TEST_F(RefusedFiles, ThatMayNotBeSeenAreNotSaidToBeMissing) {
  files_.write_file(path("checkpoint"), "x");
  const std::string denied = "unavailable [file] " + path("checkpoint") +
                             " could not be examined: Permission denied; check the permissions of "
                             "the file and its directory.";
  EXPECT_EQ(as_nobody([&] { files_.exists(path("checkpoint")); }), denied);
  EXPECT_EQ(as_nobody([&] { files_.is_directory(path("checkpoint")); }), denied);
  EXPECT_EQ(as_nobody([&] { files_.size(path("checkpoint")); }), denied);
  for (const auto& action : std::vector<std::function<void()>>{
           [&] { files_.open_read(path("checkpoint")); },
           [&] { files_.open_write(path("checkpoint")); },
           [&] { files_.list(directory_.path()); },
           [&] { files_.rename(path("checkpoint"), path("b")); },
           [&] { files_.remove(path("checkpoint")); },
           [&] { files_.sync_directory(directory_.path()); },
           [&] { files_.lock(path("checkpoint")); },
           [&] { files_.lock_owner(path("checkpoint")); },
       }) {
    const std::string text = as_nobody(action);
    EXPECT_TRUE(text.starts_with("unavailable [file] ") &&
                text.find(": Permission denied; ") != std::string::npos)
        << text;
  }
}

// H10: likewise for a disk that is mounted for reading.
TEST_F(RefusedFiles, OfAReadOnlyDiskSaySo) {
  files_.write_file(path("a"), "x");
  const std::string reason =
      ": Read-only file system; use a directory of another disk, or mount this one for writing.";
  const std::string text =
      in_mount("", MS_RDONLY, nullptr, [&] { files_.make_directories(path("x/model")); });
  if (text == kNoMounts) GTEST_SKIP() << kNoMounts << "; run this test as root";
  EXPECT_EQ(text, "unavailable [file] " + path("x") + " could not be made" + reason);
  EXPECT_EQ(in_mount("", MS_RDONLY, nullptr, [&] { files_.open_write(path("a")); }),
            "unavailable [file] " + path("a") + " could not be opened" + reason);
  EXPECT_EQ(in_mount("", MS_RDONLY, nullptr, [&] { files_.make_directories(directory_.path()); }),
            "nothing thrown");
}

TEST_F(RefusedFiles, OfAFullDiskSaySo) {
  const std::string reason = ": No space left on device; free some space or write to another disk.";
  const auto on_full_disk = [&](const std::function<void()>& action) {
    return in_mount("tmpfs", 0, "size=64k,nr_inodes=3", action);
  };
  const std::string made = on_full_disk([&] { files_.make_directories(path("a/b/c/d")); });
  if (made == kNoMounts) GTEST_SKIP() << kNoMounts << "; run this test as root";
  EXPECT_EQ(made, "unavailable [file] " + path("a/b/c") + " could not be made" + reason);
  EXPECT_EQ(on_full_disk([&] { files_.write_file(path("a"), std::string(100'000, 'x')); }),
            "unavailable [file] " + path("a") + " could not be written" + reason);
  EXPECT_EQ(on_full_disk([&] { files_.open_write(path("a"))->reserve(1 << 20); }),
            "unavailable [file] " + path("a") + " could not be reserved" + reason);
}

TEST_F(RefusedFiles, OfPathsThatLeadNowhereSayWhy) {
  std::filesystem::create_symlink(path("loop"), path("loop"));
  std::filesystem::create_symlink(path("nowhere"), path("dangling"));
  files_.write_file(path("file"), "");
  const std::string long_name = path(std::string(300, 'n'));
  const auto made = [&](const std::string& what) {
    return text_of([&] { files_.make_directories(what); });
  };
  EXPECT_EQ(
      made(path("loop/a")),
      "unavailable [file] " + path("loop") +
          " could not be made: Too many levels of symbolic links; check the symbolic links of "
          "the path.");
  EXPECT_EQ(
      made(path("dangling/a")),
      "unavailable [file] " + path("dangling") +
          " could not be made: File exists; a file has the name of the directory: move it away, "
          "or use another path.");
  EXPECT_EQ(made(long_name), "unavailable [file] " + long_name +
                                 " could not be made: File name too long; check the path.");
  EXPECT_EQ(text_of([&] { files_.open_write(path("file/a")); }),
            "unavailable [file] " + path("file/a") +
                " could not be opened: Not a directory; check the path.");
  EXPECT_EQ(text_of([&] { files_.list(path("file")); }),
            "unavailable [file] " + path("file") +
                " could not be listed: Not a directory; check the path.");
  EXPECT_FALSE(files_.exists(path("file/a")));
  EXPECT_FALSE(files_.exists(path("dangling")));
  expect_error([&] { files_.exists(path("loop")); }, "Too many levels of symbolic links");
  expect_error([&] { files_.exists(long_name); }, "File name too long");
}

TEST_F(RefusedFiles, ForWantOfDescriptorsSaySo) {
  const auto limited = [](const std::function<void()>& action) {
    return in_child([&]() -> std::string {
      const rlimit limit{3, 3};
      ::setrlimit(RLIMIT_NOFILE, &limit);
      return text_of(action);
    });
  };
  files_.write_file(path("a"), "x");
  const std::string reason = ": Too many open files; raise the limit of open files (ulimit -n).";
  EXPECT_EQ(limited([&] { files_.open_read(path("a")); }),
            "unavailable [file] " + path("a") + " could not be opened" + reason);
  EXPECT_EQ(limited([&] { files_.list(directory_.path()); }),
            "unavailable [file] " + directory_.path() + " could not be listed" + reason);
}

TEST_F(RefusedFiles, OfARunningProgramSaySo) {
  std::filesystem::copy_file("/bin/cat", path("cat"));
  int input[2], started[2];
  ASSERT_EQ(::pipe2(input, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(started, O_CLOEXEC), 0);
  const pid_t running = ::fork();
  if (running == 0) {
    ::dup2(input[0], STDIN_FILENO);
    ::execl(path("cat").c_str(), "cat", nullptr);
    ::_exit(1);
  }
  ::close(input[0]);
  ::close(started[1]);
  char none = 0;
  EXPECT_EQ(::read(started[0], &none, 1), 0);  // returns when exec has closed the other end
  ::close(started[0]);
  EXPECT_EQ(
      text_of([&] { files_.open_write(path("cat")); }),
      "unavailable [file] " + path("cat") +
          " could not be opened: Text file busy; end the program that runs from this file, or "
          "use another path.");
  ::close(input[1]);
  ::waitpid(running, nullptr, 0);
}

TEST_F(RefusedFiles, OfAWorkingDirectoryThatIsGoneSaySo) {
  const std::string text = in_child([&]() -> std::string {
    files_.make_directories(path("gone"));
    if (::chdir(path("gone").c_str()) != 0 || ::rmdir(path("gone").c_str()) != 0) return "no rmdir";
    return text_of([&] { files_.make_directories("runs/a"); });
  });
  EXPECT_EQ(text,
            "not found [file] runs could not be made: No such file or directory; check the path.");
}

}  // namespace refused_files_test
}  // namespace reckon::base
