// SPDX-License-Identifier: Apache-2.0
// Both directions of TFRecord framing.
#include "formats/record_file.h"

#include <algorithm>

#include "base/crc32c.h"
#include "base/file_system.h"
#include "formats/byte_order.h"
#include "formats/damage.h"
#include "formats/inflater.h"

namespace reckon::formats {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr size_t kTrailerBytes = 4;
// Payloads grow by as much at a time, so that a length alone claims no memory.
constexpr size_t kGrowthBytes = 1 << 20;
constexpr size_t kBufferBytes = 1 << 18;

// The file's bytes in order, with a buffer between.
class FileStream {
 public:
  explicit FileStream(std::unique_ptr<base::ReadableFile> file) : file_(std::move(file)) {}

  size_t read(char* bytes, size_t count) {
    size_t done = 0;
    while (done < count) {
      if (position_ == end_ && !refill()) break;
      const size_t part = std::min(count - done, end_ - position_);
      std::copy_n(buffer_.data() + position_, part, bytes + done);
      position_ += part;
      done += part;
    }
    return done;
  }

  void seek(uint64_t offset) {
    file_offset_ = offset;
    position_ = end_ = 0;
  }

 private:
  bool refill() {
    buffer_.resize(kBufferBytes);
    position_ = 0;
    end_ = file_->read(file_offset_, buffer_.data(), buffer_.size());
    file_offset_ += end_;
    return end_ > 0;
  }

  std::unique_ptr<base::ReadableFile> file_;
  std::string buffer_;
  size_t position_ = 0, end_ = 0;
  uint64_t file_offset_ = 0;
};

}  // namespace

std::string frame_record(std::string_view payload) {
  std::string record;
  record.reserve(kHeaderBytes + payload.size() + kTrailerBytes);
  append_fixed(record, static_cast<uint64_t>(payload.size()));
  append_fixed(record, base::masked_crc32c(record));
  record += payload;
  append_fixed(record, base::masked_crc32c(payload));
  return record;
}

void RecordWriter::write(std::string_view payload) { file_.append(frame_record(payload)); }

struct RecordReader::State {
  State(base::FileSystem& files, const std::string& file_path, RecordReaderOptions reader_options)
      : path(file_path), options(reader_options), stream(files.open_read(file_path)) {
    if (options.compression == RecordCompression::kNone) return;
    inflater.emplace(
        options.compression == RecordCompression::kGzip ? DeflateWrapper::kGzip
                                                        : DeflateWrapper::kZlib,
        [this](char* bytes, size_t count) { return stream.read(bytes, count); }, path);
  }

  std::string at() const {
    return base::concat_text(path, ", record ", record, ", offset ", offset);
  }

  template <class... Parts>
  void expect(bool claim, const Parts&... parts) const {
    expect_sound(claim, "records", at(), parts...);
  }

  size_t read(char* bytes, size_t count) {
    return inflater ? inflater->read(bytes, count) : stream.read(bytes, count);
  }

  // False at the end of the file.
  bool read_exactly(std::string& bytes, uint64_t count) {
    while (bytes.size() < count) {
      const size_t before = bytes.size();
      const size_t part = std::min<uint64_t>(count - before, kGrowthBytes);
      bytes.resize(before + part);
      const size_t got = read(bytes.data() + before, part);
      bytes.resize(before + got);
      if (got < part) return false;
    }
    return true;
  }

  // What to do about a record of which only some bytes are there.
  std::nullopt_t cut_short(const std::string& part) {
    const bool may_grow = options.allow_truncated_tail && !inflater;
    expect(may_grow, "the file ends within the ", part,
           "; it is damaged or was not written to its end");
    stream.seek(offset);
    return std::nullopt;
  }

  std::optional<std::string> next() {
    std::string header;
    if (!read_exactly(header, kHeaderBytes)) {
      if (header.empty()) {
        if (!inflater) stream.seek(offset);
        return std::nullopt;
      }
      return cut_short("record's header");
    }
    ByteCursor cursor(header);
    const uint64_t length = *cursor.fixed<uint64_t>();
    expect(base::masked_crc32c(std::string_view(header).substr(0, 8)) == *cursor.fixed<uint32_t>(),
           "the CRC of the record's length differs from the stored one");
    expect(length <= options.max_record_bytes, "the record has ", length,
           " bytes, more than the limit of ", options.max_record_bytes);
    std::string payload;
    if (!read_exactly(payload, length + kTrailerBytes)) return cut_short("record's payload");
    const uint32_t stored = *ByteCursor(std::string_view(payload).substr(length)).fixed<uint32_t>();
    payload.resize(length);
    expect(base::masked_crc32c(payload) == stored, "the CRC of the record's ", length,
           " bytes differs from the stored one");
    offset += kHeaderBytes + length + kTrailerBytes;
    ++record;
    return payload;
  }

  std::string path;
  RecordReaderOptions options;
  FileStream stream;
  std::optional<Inflater> inflater;
  uint64_t offset = 0, record = 0;
};

RecordReader::RecordReader(base::FileSystem& files, const std::string& path,
                           RecordReaderOptions options)
    : state_(std::make_unique<State>(files, path, options)) {}
RecordReader::~RecordReader() = default;
RecordReader::RecordReader(RecordReader&&) noexcept = default;

std::optional<std::string> RecordReader::next() { return state_->next(); }
uint64_t RecordReader::offset() const { return state_->offset; }

}  // namespace reckon::formats
