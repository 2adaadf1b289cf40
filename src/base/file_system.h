// SPDX-License-Identifier: Apache-2.0
// All access to files, behind one small interface, so that tests can make any call fail.
// A failure throws Error naming the path and the system's reason: kNotFound if it is not there,
// kDataLoss if the disk cannot give what it holds, else kUnavailable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reckon::base {

/// A file open for writing. Destroyed before `close`, it is closed and what it holds means nothing.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  /// Hands all of `bytes` to the system, without a buffer in between.
  virtual void append(std::string_view bytes) = 0;
  /// Claims room for a file of that many bytes now, so that a full disk shows before any data.
  virtual void reserve(uint64_t bytes) = 0;
  /// Returns once the bytes are on the disk. After a failure the file must be abandoned: to try
  /// again proves nothing.
  virtual void sync() = 0;
  virtual void close() = 0;
};

/// A file open for reading at any offset, by several threads at once.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  virtual uint64_t size() = 0;
  /// Reads up to `count` bytes from `offset` on; returns fewer only at the end of the file.
  virtual size_t read(uint64_t offset, char* buffer, size_t count) = 0;
};

/// Held as long as it lives; the system frees it when the process dies.
class FileLock {
 public:
  virtual ~FileLock() = default;
  /// False once its file was removed or replaced: another may hold the one that is there now.
  virtual bool is_in_place() = 0;
};

enum class LockKind { kExclusive, kShared };
enum class WriteMode { kTruncate, kAppend };

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// The system's files.
  static FileSystem& posix();

  virtual std::unique_ptr<WritableFile> open_write(const std::string& path,
                                                   WriteMode mode = WriteMode::kTruncate) = 0;
  virtual std::unique_ptr<ReadableFile> open_read(const std::string& path) = 0;
  /// Replaces `to`, in one step; durable after sync_directory.
  virtual void rename(const std::string& from, const std::string& to) = 0;
  /// Removes a file or an empty directory; false if there is none.
  virtual bool remove(const std::string& path) = 0;
  /// False only if nothing is there: throws if the system refuses to tell.
  virtual bool exists(const std::string& path) = 0;
  /// As exists.
  virtual bool is_directory(const std::string& path) = 0;
  virtual uint64_t size(const std::string& path) = 0;
  /// The names in a directory, sorted.
  virtual std::vector<std::string> list(const std::string& directory) = 0;
  /// Makes the directory and those above it; one that is there already is fine.
  virtual void make_directories(const std::string& path) = 0;
  /// Makes renames and new files in the directory durable.
  virtual void sync_directory(const std::string& path) = 0;
  /// Takes the lock without waiting, nothing if another holder excludes it. `path` is a file made
  /// for locking: an exclusive holder writes its process id and host into it.
  virtual std::unique_ptr<FileLock> try_lock(const std::string& path, LockKind kind) = 0;

  /// The whole file.
  std::string read_file(const std::string& path);
  /// Writes the whole file and syncs it. Not atomic: write a temporary and rename it.
  void write_file(const std::string& path, std::string_view bytes);
  /// As try_lock; throws kUnavailable naming the owner if the lock is not free.
  std::unique_ptr<FileLock> lock(const std::string& path, LockKind kind = LockKind::kExclusive);
  /// "process 4711 on host-a": what the last exclusive holder wrote, "another process" if nothing.
  std::string lock_owner(const std::string& path);
};

/// The directory part of a path, "." if there is none.
std::string directory_of(const std::string& path);
/// The part behind the last slash.
std::string base_name_of(const std::string& path);
/// `directory`/`name`, with one slash.
std::string join_path(const std::string& directory, std::string_view name);

}  // namespace reckon::base
