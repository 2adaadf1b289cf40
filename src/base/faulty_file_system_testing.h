// SPDX-License-Identifier: Apache-2.0
// A FileSystem for tests: passes everything on to another one, but one chosen call fails. Failing
// call 1, 2, 3 … of an action in turn shows that it survives a fault anywhere.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/file_system.h"

namespace reckon::base {

enum class FaultDuration { kOnce, kFromThenOn };

/// Every call that can fail counts, those of its open files too; `exists` and `is_directory` do
/// not. A failing append first writes half of its bytes, as a full disk does. May be used by
/// several threads.
class FaultyFileSystem : public FileSystem {
 public:
  /// `wrapped` must outlive this and the files it opens.
  explicit FaultyFileSystem(FileSystem& wrapped) : wrapped_(wrapped) {}

  /// The `call`-th counted call from now on (1 is the next) fails with `error_number`, e.g. ENOSPC.
  void fail_call(int64_t call, int error_number, FaultDuration duration = FaultDuration::kOnce);
  /// All calls pass from now on.
  void heal();
  /// Counted calls since the last fail_call or heal, as "append runs/a/x".
  std::vector<std::string> calls() const;
  bool has_failed() const;

  std::unique_ptr<WritableFile> open_write(const std::string& path, WriteMode mode) override;
  std::unique_ptr<ReadableFile> open_read(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  bool remove(const std::string& path) override;
  bool exists(const std::string& path) override { return wrapped_.exists(path); }
  bool is_directory(const std::string& path) override { return wrapped_.is_directory(path); }
  uint64_t size(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  void make_directories(const std::string& path) override;
  void sync_directory(const std::string& path) override;
  std::unique_ptr<FileLock> try_lock(const std::string& path, LockKind kind) override;

  /// Counts a call; the errno it must fail with, or 0. For the files of this FileSystem.
  int count_call(const char* name, const std::string& path);
  /// Counts a call and throws if it must fail; `done` as in fail_file.
  void pass_or_fail(const char* name, const std::string& path, const char* done);

 private:
  FileSystem& wrapped_;
  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
  int64_t failing_call_ = 0;
  int error_number_ = 0;
  FaultDuration duration_ = FaultDuration::kOnce;
  bool has_failed_ = false;
};

}  // namespace reckon::base
