// SPDX-License-Identifier: Apache-2.0
// A FileSystem in memory for tests, with what a disk does behind a program's back: bytes are
// durable only after `sync`, names only after `sync_directory`, and a crash drops the rest.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file_system.h"

namespace reckon::base {

/// What a crash does to names that were made, renamed or removed since their directory's last sync.
/// Unsynced bytes are lost in every case.
enum class UnsyncedNames {
  kDropped,    ///< the directory is as it was synced
  kKept,       ///< the directory is as the program saw it: a renamed file may be empty
  kEveryOther  ///< some of the changes have reached the disk and some not, in no order
};

/// Directories themselves are durable at once. May be used by several threads; files that are open
/// stay usable after they are removed, and after a crash, when nobody sees what they write.
class MemoryFileSystem : public FileSystem {
 public:
  MemoryFileSystem();
  ~MemoryFileSystem() override;

  /// The machine loses its power and starts again: what was not synced is gone, locks are free.
  void crash(UnsyncedNames names);

  std::unique_ptr<WritableFile> open_write(const std::string& path, WriteMode mode) override;
  std::unique_ptr<ReadableFile> open_read(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  bool remove(const std::string& path) override;
  bool exists(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  uint64_t size(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  void make_directories(const std::string& path) override;
  void sync_directory(const std::string& path) override;
  std::unique_ptr<FileLock> try_lock(const std::string& path, LockKind kind) override;

 private:
  struct Disk;
  std::shared_ptr<Disk> disk_;
};

}  // namespace reckon::base
