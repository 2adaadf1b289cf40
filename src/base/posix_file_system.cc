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
#include <utility>

#include "base/file_error.h"
#include "base/file_system.h"
#include "base/transfer.h"

namespace reckon::base {
namespace {

/// Owns a file descriptor; closes it without a check unless it was closed before.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : number_(retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); })) {
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

uint64_t size_of(int descriptor, const std::string& path) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) fail_file(path, "examined", errno);
  return static_cast<uint64_t>(status.st_size);
}

class PosixWritableFile : public WritableFile {
 public:
  PosixWritableFile(const std::string& path, int flags) : path_(path), descriptor_(path, flags) {}

  void append(std::string_view bytes) override {
    const int failure = write_fully(bytes, [&](const char* data, size_t count) {
      return ::write(descriptor_.number(), data, count);
    });
    if (failure != 0) fail_file(path_, "written", failure);
  }
  void reserve(uint64_t bytes) override {
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
  explicit PosixFileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
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
      fail_file(from, ("renamed to " + to).c_str(), errno);
    }
  }
  bool remove(const std::string& path) override {
    if (::remove(path.c_str()) == 0) return true;
    if (errno != ENOENT) fail_file(path, "removed", errno);
    return false;
  }
  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }
  bool is_directory(const std::string& path) override {
    struct stat status;
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
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
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), ::closedir);
  if (!stream) fail_file(directory, "listed", errno);
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
    // Another process may make the same directory at the same time: only the outcome counts.
    if (::mkdir(part.c_str(), 0777) == 0 || is_directory(part)) continue;
    fail_file(part, "made", errno);
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
    const std::string owner = owner_text();
    if (::ftruncate(file.number(), 0) != 0) fail_file(path, "written", errno);
    const int failure = write_fully(
        owner, [&](const char* data, size_t count) { return ::write(file.number(), data, count); });
    if (failure != 0) fail_file(path, "written", failure);
  }
  return std::make_unique<PosixFileLock>(std::move(file));
}

}  // namespace

FileSystem& FileSystem::posix() {
  static PosixFileSystem files;
  return files;
}

}  // namespace reckon::base
