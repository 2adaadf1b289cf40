// SPDX-License-Identifier: Apache-2.0
// A FileSystem for tests: passes everything on to another one and counts the bytes that are read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"

namespace reckon::base {

/// One thread at a time.
class CountingFileSystem : public FileSystem {
 public:
  /// `wrapped` must outlive this and the files it opens.
  explicit CountingFileSystem(FileSystem& wrapped) : wrapped_(wrapped) {}

  /// Bytes read of each file, by path; a file that was opened and not read stands for 0.
  std::map<std::string, uint64_t> bytes_read;

  std::unique_ptr<ReadableFile> open_read(const std::string& path) override {
    return std::make_unique<CountingFile>(wrapped_.open_read(path), bytes_read[path]);
  }
  std::unique_ptr<WritableFile> open_write(const std::string& path, WriteMode mode) override {
    return wrapped_.open_write(path, mode);
  }
  void rename(const std::string& from, const std::string& to) override {
    wrapped_.rename(from, to);
  }
  bool remove(const std::string& path) override { return wrapped_.remove(path); }
  bool exists(const std::string& path) override { return wrapped_.exists(path); }
  bool is_directory(const std::string& path) override { return wrapped_.is_directory(path); }
  uint64_t size(const std::string& path) override { return wrapped_.size(path); }
  std::vector<std::string> list(const std::string& directory) override {
    return wrapped_.list(directory);
  }
  void make_directories(const std::string& path) override { wrapped_.make_directories(path); }
  void sync_directory(const std::string& path) override { wrapped_.sync_directory(path); }
  std::unique_ptr<FileLock> try_lock(const std::string& path, LockKind kind) override {
    return wrapped_.try_lock(path, kind);
  }

 private:
  class CountingFile : public ReadableFile {
   public:
    CountingFile(std::unique_ptr<ReadableFile> file, uint64_t& count)
        : file_(std::move(file)), count_(count) {}
    uint64_t size() override { return file_->size(); }
    size_t read(uint64_t offset, char* buffer, size_t count) override {
      const size_t got = file_->read(offset, buffer, count);
      count_ += got;
      return got;
    }

   private:
    std::unique_ptr<ReadableFile> file_;
    uint64_t& count_;
  };

  FileSystem& wrapped_;
};

}  // namespace reckon::base
