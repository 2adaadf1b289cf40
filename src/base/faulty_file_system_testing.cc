// SPDX-License-Identifier: Apache-2.0
// Counts calls and lets the chosen one fail exactly as the system would.
#include "base/faulty_file_system_testing.h"

#include <utility>

#include "base/file_error.h"

namespace reckon::base {
namespace {

class FaultyWritableFile : public WritableFile {
 public:
  FaultyWritableFile(FaultyFileSystem& files, std::string path,
                     std::unique_ptr<WritableFile> wrapped)
      : files_(files), path_(std::move(path)), wrapped_(std::move(wrapped)) {}

  void append(std::string_view bytes) override {
    if (const int error_number = files_.count_call("append", path_)) {
      wrapped_->append(bytes.substr(0, bytes.size() / 2));
      fail_file(path_, "written", error_number);
    }
    wrapped_->append(bytes);
  }
  void reserve(uint64_t bytes) override {
    files_.pass_or_fail("reserve", path_, "reserved");
    wrapped_->reserve(bytes);
  }
  void sync() override {
    files_.pass_or_fail("sync", path_, "synced");
    wrapped_->sync();
  }
  void close() override {
    files_.pass_or_fail("close", path_, "closed");
    wrapped_->close();
  }

 private:
  FaultyFileSystem& files_;
  std::string path_;
  std::unique_ptr<WritableFile> wrapped_;
};

class FaultyReadableFile : public ReadableFile {
 public:
  FaultyReadableFile(FaultyFileSystem& files, std::string path,
                     std::unique_ptr<ReadableFile> wrapped)
      : files_(files), path_(std::move(path)), wrapped_(std::move(wrapped)) {}

  uint64_t size() override {
    files_.pass_or_fail("size", path_, "examined");
    return wrapped_->size();
  }
  size_t read(uint64_t offset, char* buffer, size_t count) override {
    files_.pass_or_fail("read", path_, "read");
    return wrapped_->read(offset, buffer, count);
  }

 private:
  FaultyFileSystem& files_;
  std::string path_;
  std::unique_ptr<ReadableFile> wrapped_;
};

}  // namespace

void FaultyFileSystem::fail_call(int64_t call, int error_number, FaultDuration duration) {
  const std::lock_guard<std::mutex> lock(mutex_);
  calls_.clear();
  failing_call_ = call;
  error_number_ = error_number;
  duration_ = duration;
  has_failed_ = false;
}

void FaultyFileSystem::heal() { fail_call(0, 0); }

std::vector<std::string> FaultyFileSystem::calls() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return calls_;
}

bool FaultyFileSystem::has_failed() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return has_failed_;
}

int FaultyFileSystem::count_call(const char* name, const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  calls_.push_back(std::string(name) + " " + path);
  if (failing_call_ == 0) return 0;
  const auto call = static_cast<int64_t>(calls_.size());
  const bool is_due =
      duration_ == FaultDuration::kOnce ? call == failing_call_ : call >= failing_call_;
  if (!is_due) return 0;
  has_failed_ = true;
  return error_number_;
}

void FaultyFileSystem::pass_or_fail(const char* name, const std::string& path, const char* done) {
  if (const int error_number = count_call(name, path)) fail_file(path, done, error_number);
}

std::unique_ptr<WritableFile> FaultyFileSystem::open_write(const std::string& path,
                                                           WriteMode mode) {
  pass_or_fail("open_write", path, "opened");
  return std::make_unique<FaultyWritableFile>(*this, path, wrapped_.open_write(path, mode));
}

std::unique_ptr<ReadableFile> FaultyFileSystem::open_read(const std::string& path) {
  pass_or_fail("open_read", path, "opened");
  return std::make_unique<FaultyReadableFile>(*this, path, wrapped_.open_read(path));
}

void FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  pass_or_fail("rename", from, ("renamed to " + to).c_str());
  wrapped_.rename(from, to);
}

bool FaultyFileSystem::remove(const std::string& path) {
  pass_or_fail("remove", path, "removed");
  return wrapped_.remove(path);
}

uint64_t FaultyFileSystem::size(const std::string& path) {
  pass_or_fail("size", path, "examined");
  return wrapped_.size(path);
}

std::vector<std::string> FaultyFileSystem::list(const std::string& directory) {
  pass_or_fail("list", directory, "listed");
  return wrapped_.list(directory);
}

void FaultyFileSystem::make_directories(const std::string& path) {
  pass_or_fail("make_directories", path, "made");
  wrapped_.make_directories(path);
}

void FaultyFileSystem::sync_directory(const std::string& path) {
  pass_or_fail("sync_directory", path, "synced");
  wrapped_.sync_directory(path);
}

std::unique_ptr<FileLock> FaultyFileSystem::try_lock(const std::string& path, LockKind kind) {
  pass_or_fail("try_lock", path, "locked");
  return wrapped_.try_lock(path, kind);
}

}  // namespace reckon::base
