// SPDX-License-Identifier: Apache-2.0
// TFRecord framing: length, CRC of the length, payload, CRC of the payload; records stand back to
// back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace reckon::base {
class FileSystem;
class WritableFile;
}  // namespace reckon::base

namespace reckon::formats {

/// The frame of one record, for writers that have a file already.
std::string frame_record(std::string_view payload);

/// Appends each record with a single call, so that a reader never sees half of one for long.
class RecordWriter {
 public:
  /// `file` must outlive the writer, which neither syncs nor closes it.
  explicit RecordWriter(base::WritableFile& file) : file_(file) {}
  void write(std::string_view payload);

 private:
  base::WritableFile& file_;
};

/// Around the whole file; nothing in it tells which one it is.
enum class RecordCompression { kNone, kGzip, kZlib };

struct RecordReaderOptions {
  RecordCompression compression = RecordCompression::kNone;
  /// A record cut short by the end of a plain file ends the reading without an error, and `next`
  /// may be asked again later: for event files that are still written.
  bool allow_truncated_tail = false;
  /// A greater length is taken for damage.
  uint64_t max_record_bytes = uint64_t{1} << 30;
};

/// Reads records in order. A length is trusted only after its CRC, and memory is taken as bytes
/// arrive.
class RecordReader {
 public:
  /// `files` must outlive the reader. Throws Error, kNotFound, if the file is not there.
  RecordReader(base::FileSystem& files, const std::string& path, RecordReaderOptions options = {});
  ~RecordReader();
  RecordReader(RecordReader&&) noexcept;

  /// The next payload, or nothing at the end of the file.
  /// Throws Error, kDataLoss, naming file, record number and offset.
  std::optional<std::string> next();
  /// Bytes before the next record, decompressed.
  uint64_t offset() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reckon::formats
