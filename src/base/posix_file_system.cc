// SPDX-License-Identifier: Apache-2.0
// The system's files: every call is checked, interrupted ones are repeated, short ones continued.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/file_error.h"
#include "base/file_system.h"
#include "base/fork.h"
#include "base/open_descriptor.h"
#include "base/transfer.h"
#include "base/write_signals.h"

namespace reckon::base {
namespace {

/// Owns a file descriptor; closes it without a check unless it was closed before.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : number_(open_descriptor(path, flags)) {
    if (number_ < 0) fail_file(path, "opened", errno);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~Descriptor() { release(); }

  int number() const { return number_; }
  /// 0, or the errno of the failure.
  int release() {
    const int number = std::exchange(number_, -1);
    if (number < 0) return 0;
    // Never repeated: Linux frees the number even when a signal interrupts the call.
    return ::close(number) == 0 || errno == EINTR ? 0 : errno;
  }

 private:
  int number_;
};

/// 0, or the errno of the failure.
int write_all(const Descriptor& descriptor, std::string_view bytes) {
  const WriteSignalsBlocked blocked;
  return write_fully(bytes, [&](const char* data, size_t count) {
    return ::write(descriptor.number(), data, count);
  });
}

/// Nothing if nothing is there. What the system refuses to tell is an error: taken for an empty
/// place, a training that may not be read would begin anew.
std::optional<struct stat> find(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0) return status;
  if (errno != ENOENT && errno != ENOTDIR) fail_file(path, "examined", errno);
  return std::nullopt;
}

uint64_t size_of(int descriptor, const std::string& path) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) fail_file(path, "examined", errno);
  return static_cast<uint64_t>(status.st_size);
}

class PosixWritableFile : public WritableFile {
 public:
  PosixWritableFile(const std::string& path, int flags) : path_(path), descriptor_(path, flags) {}

  void append(std::string_view bytes) override {
    if (const int failure = write_all(descriptor_, bytes)) fail_file(path_, "written", failure);
  }
  void reserve(uint64_t bytes) override {
    const WriteSignalsBlocked blocked;
    // Keeping the size, so that a file cut off by a crash is short rather than full of zeros.
    const int result = retry_interrupted([&] {
      return ::fallocate(descriptor_.number(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes));
    });
    // A file system without reservation shows a full disk at the first write that meets it.
    if (bytes > 0 && result != 0 && errno != EOPNOTSUPP) fail_file(path_, "reserved", errno);
  }
  void sync() override {
    if (retry_interrupted([&] { return ::fsync(descriptor_.number()); }) != 0) {
      fail_file(path_, "synced", errno);
    }
  }
  void close() override {
    if (const int failure = descriptor_.release()) fail_file(path_, "closed", failure);
  }

 private:
  std::string path_;
  Descriptor descriptor_;
};

class PosixReadableFile : public ReadableFile {
 public:
  explicit PosixReadableFile(const std::string& path) : path_(path), descriptor_(path, O_RDONLY) {}

  uint64_t size() override { return size_of(descriptor_.number(), path_); }
  size_t read(uint64_t offset, char* buffer, size_t count) override {
    const ssize_t got = read_fully(buffer, count, [&](char* data, size_t wanted, size_t done) {
      return ::pread(descriptor_.number(), data, wanted, static_cast<off_t>(offset + done));
    });
    if (got < 0) fail_file(path_, "read", errno);
    return static_cast<size_t>(got);
  }

 private:
  std::string path_;
  Descriptor descriptor_;
};

class PosixFileLock : public FileLock {
 public:
  PosixFileLock(std::string path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  bool is_in_place() override {
    struct stat held;
    if (::fstat(descriptor_.number(), &held) != 0) fail_file(path_, "examined", errno);
    const auto there = find(path_);
    return there && there->st_dev == held.st_dev && there->st_ino == held.st_ino;
  }
  /// A forked child has the same lock: there it is only let go of, and here it is freed for good,
  /// whoever else still has it.
  ~PosixFileLock() override {
    if (fork_count_ == fork_count()) (void)::flock(descriptor_.number(), LOCK_UN);
  }

 private:
  std::string path_;
  Descriptor descriptor_;
  uint64_t fork_count_ = fork_count();
};

std::string owner_text() {
  std::array<char, HOST_NAME_MAX + 1> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return "process " + std::to_string(::getpid()) + " on " + host.data() + "\n";
}

class PosixFileSystem : public FileSystem {
 public:
  std::unique_ptr<WritableFile> open_write(const std::string& path, WriteMode mode) override {
    const int how = mode == WriteMode::kTruncate ? O_TRUNC : O_APPEND;
    return std::make_unique<PosixWritableFile>(path, O_WRONLY | O_CREAT | how);
  }
  std::unique_ptr<ReadableFile> open_read(const std::string& path) override {
    return std::make_unique<PosixReadableFile>(path);
  }
  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) {
      const int failure = errno;
      fail_file(from, ("renamed to " + to).c_str(), failure);
    }
  }
  bool remove(const std::string& path) override {
    if (::remove(path.c_str()) == 0) return true;
    if (errno != ENOENT) fail_file(path, "removed", errno);
    return false;
  }
  bool exists(const std::string& path) override { return find(path).has_value(); }
  bool is_directory(const std::string& path) override {
    const auto status = find(path);
    return status && S_ISDIR(status->st_mode);
  }
  uint64_t size(const std::string& path) override {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0) fail_file(path, "examined", errno);
    return static_cast<uint64_t>(status.st_size);
  }
  std::vector<std::string> list(const std::string& directory) override;
  void make_directories(const std::string& path) override;
  void sync_directory(const std::string& path) override {
    const Descriptor directory(path, O_RDONLY | O_DIRECTORY);
    if (retry_interrupted([&] { return ::fsync(directory.number()); }) != 0) {
      fail_file(path, "synced", errno);
    }
  }
  std::unique_ptr<FileLock> try_lock(const std::string& path, LockKind kind) override;
};

std::vector<std::string> PosixFileSystem::list(const std::string& directory) {
  const int descriptor = open_descriptor(directory, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) fail_file(directory, "listed", errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(descriptor), ::closedir);
  if (!stream) {
    const int failure = errno;
    ::close(descriptor);
    fail_file(directory, "listed", failure);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) fail_file(directory, "listed", errno);
  std::sort(names.begin(), names.end());
  return names;
}

void PosixFileSystem::make_directories(const std::string& path) {
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0777) == 0) continue;
    int failure = errno;
    // Another process may make the same directory at the same time: only the outcome counts.
    struct stat status;
    const bool is_seen = ::stat(part.c_str(), &status) == 0;
    if (is_seen && S_ISDIR(status.st_mode)) continue;
    // A name that is there but leads nowhere: the reason is why (too many links, no permission).
    if (failure == EEXIST && !is_seen && errno != ENOENT) failure = errno;
    fail_file(part, "made", failure);
  }
}

std::unique_ptr<FileLock> PosixFileSystem::try_lock(const std::string& path, LockKind kind) {
  Descriptor file(path, O_RDWR | O_CREAT);
  const int how = kind == LockKind::kExclusive ? LOCK_EX : LOCK_SH;
  if (retry_interrupted([&] { return ::flock(file.number(), how | LOCK_NB); }) != 0) {
    if (errno == EWOULDBLOCK) return nullptr;
    fail_file(path, "locked", errno);
  }
  if (kind == LockKind::kExclusive) {
    if (::ftruncate(file.number(), 0) != 0) fail_file(path, "written", errno);
    if (const int failure = write_all(file, owner_text())) fail_file(path, "written", failure);
  }
  return std::make_unique<PosixFileLock>(path, std::move(file));
}

}  // namespace

FileSystem& FileSystem::posix() {
  static PosixFileSystem files;
  return files;
}

}  // namespace reckon::base
