// SPDX-License-Identifier: Apache-2.0
// A file whose digest comes with reading it: who reads it from front to back reads no byte twice.
#pragma once

#include <memory>
#include <mutex>

#include "base/file_system.h"
#include "formats/file_digest.h"

namespace reckon::formats {

/// May be used by several threads, one read at a time.
class DigestedFile : public base::ReadableFile {
 public:
  explicit DigestedFile(std::unique_ptr<base::ReadableFile> file) : file_(std::move(file)) {}

  uint64_t size() override { return file_->size(); }
  size_t read(uint64_t offset, char* buffer, size_t count) override;
  /// Of the whole file: reads what lies behind the last byte that was read.
  FileDigest digest();

 private:
  void read_up_to(uint64_t offset);

  std::mutex mutex_;
  std::unique_ptr<base::ReadableFile> file_;
  FileDigest digest_;  ///< of the bytes before offset digest_.size
};

}  // namespace reckon::formats
