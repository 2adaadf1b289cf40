// SPDX-License-Identifier: Apache-2.0
// The header is believed only as far as the file's size allows: memory follows the bytes that are
// there.
#include "formats/idx_file.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/file_system.h"
#include "formats/damage.h"
#include "formats/inflater.h"

namespace reckon::formats {
namespace {

// Deflate gives at most 1032 bytes for one.
constexpr uint64_t kMaxDeflateRatio = 1032;

// Gives `count` bytes or fewer at the end.
using ByteSource = std::function<size_t(char* bytes, size_t count)>;

DType dtype_of_code(uint8_t code) {
  switch (code) {
    case 0x08:
      return kUInt8;
    case 0x09:
      return kInt8;
    case 0x0B:
      return kInt16;
    case 0x0C:
      return kInt32;
    case 0x0D:
      return kFloat32;
    case 0x0E:
      return kFloat64;
    default:
      return DType::kInvalid;
  }
}

void swap_bytes(char* elements, size_t count, size_t width) {
  if (width == 1) return;
  for (size_t i = 0; i < count; ++i) std::reverse(elements + i * width, elements + (i + 1) * width);
}

class IdxReader {
 public:
  /// `max_bytes` is the most that the source can give.
  IdxReader(ByteSource source, uint64_t max_bytes, const std::string& path)
      : source_(std::move(source)), max_bytes_(max_bytes), path_(path) {}

  Array read() {
    const std::string magic = read_part(4, "magic number");
    const DType dtype = dtype_of_code(static_cast<uint8_t>(magic[2]));
    expect(magic[0] == 0 && magic[1] == 0 && dtype != DType::kInvalid, "the first bytes are ",
           hex(magic), "; an idx file begins with 00 00, one of 08 09 0b 0c 0d 0e, and the rank");
    const int rank = static_cast<uint8_t>(magic[3]);
    expect(rank <= Shape::kMaxRank, "the rank is ", rank, "; at most ", Shape::kMaxRank,
           " is expected");
    const Shape shape = read_shape(rank, dtype_size(dtype));
    Array array = Array::uninitialized(dtype, shape);
    char* elements = static_cast<char*>(array.mutable_raw());
    const size_t got = source_(elements, array.num_bytes());
    expect(got == array.num_bytes(), "the file ends after ", got, " of the ", array.num_bytes(),
           " bytes that shape ", shape.text(), " wants");
    char surplus;
    expect(source_(&surplus, 1) == 0, "bytes follow the ", array.num_bytes(), " that shape ",
           shape.text(), " wants");
    swap_bytes(elements, array.num_elements(), dtype_size(dtype));
    return array;
  }

 private:
  template <class... Parts>
  void expect(bool claim, const Parts&... parts) const {
    expect_sound(claim, "idx file", path_, parts...);
  }

  static std::string hex(const std::string& bytes) {
    std::ostringstream text;
    for (const char byte : bytes)
      text << std::hex << (static_cast<uint8_t>(byte) >> 4) << (byte & 15) << ' ';
    std::string joined = text.str();
    joined.pop_back();
    return joined;
  }

  std::string read_part(size_t count, const char* what) {
    std::string bytes(count, '\0');
    const size_t got = source_(bytes.data(), count);
    expect(got == count, "the file ends within its ", what, ", after ", got, " of ", count,
           " bytes");
    return bytes;
  }

  Shape read_shape(int rank, size_t width) {
    const std::string bytes = read_part(4 * rank, "extents");
    Shape shape;
    uint64_t total = width;
    for (int axis = 0; axis < rank; ++axis) {
      uint32_t extent;
      std::memcpy(&extent, bytes.data() + 4 * axis, 4);
      extent = __builtin_bswap32(extent);
      shape.append(extent);
      expect(!__builtin_mul_overflow(total, extent, &total) && total <= max_bytes_, "shape ",
             shape.text(), " wants more bytes than the file of at most ", max_bytes_, " can hold");
    }
    return shape;
  }

  ByteSource source_;
  uint64_t max_bytes_;
  const std::string& path_;
};

Array read_gzipped(base::FileSystem& files, const std::string& path) {
  const std::string compressed = files.read_file(path);
  Inflater inflater(DeflateWrapper::kGzip, std::string_view(compressed), path);
  const auto source = [&](char* bytes, size_t count) { return inflater.read(bytes, count); };
  return IdxReader(source, kMaxDeflateRatio * compressed.size(), path).read();
}

}  // namespace

Array read_idx(base::FileSystem& files, const std::string& path) {
  const bool is_plain = files.exists(path);
  if (is_plain && !path.ends_with(".gz")) return decode_idx(files.read_file(path), path);
  if (is_plain || files.exists(path + ".gz"))
    return read_gzipped(files, is_plain ? path : path + ".gz");
  // Without a place of its own, so that it gets the user's line.
  throw Error(ErrorCode::kNotFound, "idx file",
              "there is neither " + path + " nor " + path + ".gz; check the path");
}

Array decode_idx(std::string_view bytes, const std::string& path) {
  const auto source = [rest = bytes](char* out, size_t count) mutable {
    count = std::min(count, rest.size());
    std::copy_n(rest.data(), count, out);
    rest.remove_prefix(count);
    return count;
  };
  return IdxReader(source, bytes.size(), path).read();
}

}  // namespace reckon::formats
