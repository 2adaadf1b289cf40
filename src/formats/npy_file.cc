// SPDX-License-Identifier: Apache-2.0
// One NumPy array: a header that is a Python dictionary, then the elements.
#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/file_system.h"
#include "formats/byte_order.h"
#include "formats/damage.h"
#include "formats/npz_file.h"

namespace reckon::formats {
namespace {

constexpr std::string_view kNpyMagic("\x93NUMPY", 6);

struct NpyHeader {
  std::string descr;
  bool is_column_major = false;
  Shape shape;
};

template <class... Parts>
[[noreturn]] void unsupported(const std::string& path, const Parts&... parts) {
  throw Error(ErrorCode::kInvalidArgument, "npy file", base::concat_text(parts...), path);
}

// Reads {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } and nothing else of Python.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& path) : rest_(text), path_(path) {}

  NpyHeader parse() {
    NpyHeader header;
    std::string seen;
    expect_token("{");
    while (!take("}")) {
      const std::string key = text();
      expect_token(":");
      if (key == "descr") {
        header.descr = descr();
      } else if (key == "fortran_order") {
        header.is_column_major = boolean();
      } else if (key == "shape") {
        header.shape = shape();
      } else {
        refuse("unknown key '", key, "'");
      }
      seen += key + " ";
      if (!take(",")) {
        expect_token("}");
        break;
      }
    }
    skip_spaces();
    if (!rest_.empty()) refuse("something follows the dictionary");
    for (const char* key : {"descr ", "fortran_order ", "shape "}) {
      const size_t found = seen.find(key);
      if (found == std::string::npos || seen.find(key, found + 1) != std::string::npos) {
        refuse("the keys are ", seen, "; descr, fortran_order and shape are expected, each once");
      }
    }
    return header;
  }

 private:
  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    data_loss("npy file", path_, "the header is not NumPy's dictionary: ", parts...);
  }

  void skip_spaces() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    skip_spaces();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect_token(std::string_view token) {
    if (!take(token)) refuse("'", token, "' is missing");
  }

  std::string text() {
    expect_token("'");
    const size_t end = rest_.find('\'');
    if (end == std::string_view::npos ||
        rest_.substr(0, end).find('\\') != std::string_view::npos) {
      refuse("a text does not end");
    }
    std::string value(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return value;
  }

  std::string descr() {
    skip_spaces();
    if (rest_.starts_with("["))
      unsupported(path_, "the dtype is a record of several fields; save one array for each");
    return text();
  }

  bool boolean() {
    if (take("True")) return true;
    if (take("False")) return false;
    refuse("fortran_order is neither True nor False");
  }

  Shape shape() {
    std::vector<int64_t> dims;
    expect_token("(");
    while (!take(")")) {
      skip_spaces();
      int64_t extent = -1;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error != std::errc() || extent < 0) refuse("an extent of the shape is no number");
      rest_.remove_prefix(end - rest_.data());
      dims.push_back(extent);
      if (dims.size() > Shape::kMaxRank)
        unsupported(path_, "the array has more than ", Shape::kMaxRank, " dimensions");
      if (!take(",")) {
        expect_token(")");
        break;
      }
    }
    return Shape(dims);
  }

  std::string_view rest_;
  const std::string& path_;
};

struct DescrRow {
  std::string_view kind;
  DType dtype;
};

constexpr DescrRow kNumbers[] = {
    {"f2", kFloat16}, {"f4", kFloat32}, {"f8", kFloat64},   {"i1", kInt8},        {"i2", kInt16},
    {"i4", kInt32},   {"i8", kInt64},   {"u1", kUInt8},     {"u2", kUInt16},      {"u4", kUInt32},
    {"u8", kUInt64},  {"b1", kBool},    {"c8", kComplex64}, {"c16", kComplex128},
};

class NpyDecoder {
 public:
  NpyDecoder(std::string_view bytes, const std::string& path) : cursor_(bytes), path_(path) {}

  Array decode() {
    header_ = read_header();
    if (header_.is_column_major) {
      unsupported(path_,
                  "the array is in column-major order (fortran_order), row-major is expected; save "
                  "numpy.ascontiguousarray(x)");
    }
    const std::string& descr = header_.descr;
    if (descr.find('O') != std::string::npos) {
      unsupported(
          path_,
          "the array holds pickled Python objects, which are never read; save numbers or texts");
    }
    expect(descr.size() >= 3 && std::string_view("<>|=").find(descr[0]) != std::string_view::npos,
           "the dtype '", descr, "' has no byte order");
    const std::string_view kind = std::string_view(descr).substr(1);
    if (kind[0] == 'S' || kind[0] == 'U') return texts(kind);
    for (const DescrRow& row : kNumbers) {
      if (row.kind == kind) return numbers(row.dtype);
    }
    unsupported(path_, "the dtype '", descr,
                "' is none that an Array holds; convert it before saving");
  }

 private:
  template <class... Parts>
  void expect(bool claim, const Parts&... parts) const {
    expect_sound(claim, "npy file", path_, parts...);
  }

  NpyHeader read_header() {
    expect(cursor_.take(kNpyMagic.size()) == kNpyMagic, "the file does not begin with \\x93NUMPY");
    const auto major = cursor_.fixed<uint8_t>(), minor = cursor_.fixed<uint8_t>();
    expect(major && minor, "the file ends within its header");
    expect(*major >= 1 && *major <= 3 && *minor == 0, "the format is version ", int{*major}, ".",
           int{*minor}, "; 1.0, 2.0 and 3.0 are known");
    const std::optional<uint64_t> size =
        *major == 1 ? widen(cursor_.fixed<uint16_t>()) : widen(cursor_.fixed<uint32_t>());
    const auto text = size ? cursor_.take(*size) : std::nullopt;
    expect(text.has_value(), "the file ends within its header");
    return HeaderParser(*text, path_).parse();
  }

  template <class T>
  static std::optional<uint64_t> widen(std::optional<T> value) {
    return value ? std::optional<uint64_t>(*value) : std::nullopt;
  }

  // The elements' bytes, which must be exactly what is left.
  std::string_view elements(uint64_t width) {
    uint64_t wanted = width;
    bool is_empty = false;
    for (const int64_t extent : header_.shape) {
      is_empty |= extent == 0;
      expect(extent == 0 || !__builtin_mul_overflow(wanted, static_cast<uint64_t>(extent), &wanted),
             "shape ", header_.shape.text(), " has more than 2^64 bytes");
    }
    if (is_empty) wanted = 0;
    expect(wanted == cursor_.remaining(), "shape ", header_.shape.text(), " of '", header_.descr,
           "' wants ", wanted, " bytes, but ", cursor_.remaining(), " follow the header");
    return *cursor_.take(wanted);
  }

  bool is_big_endian() const { return header_.descr[0] == '>'; }

  Array numbers(DType dtype) {
    const std::string_view bytes = elements(dtype_size(dtype));
    Array array = Array::uninitialized(dtype, header_.shape);
    char* out = static_cast<char*>(array.mutable_raw());
    std::copy(bytes.begin(), bytes.end(), out);
    // The halves of a complex number are swapped each for itself.
    const size_t width = is_complex(dtype) ? dtype_size(dtype) / 2 : dtype_size(dtype);
    if (is_big_endian()) {
      for (size_t i = 0; i < bytes.size(); i += width) std::reverse(out + i, out + i + width);
    }
    if (dtype == kBool) {
      expect(std::all_of(bytes.begin(), bytes.end(),
                         [](char c) { return static_cast<uint8_t>(c) <= 1; }),
             "a bool is neither False nor True");
    }
    return array;
  }

  // Texts of a fixed number of characters, filled up with zeros.
  Array texts(std::string_view kind) {
    uint32_t length = 0;
    const auto [end, error] = std::from_chars(kind.data() + 1, kind.data() + kind.size(), length);
    expect(error == std::errc() && end == kind.data() + kind.size(), "the dtype '", header_.descr,
           "' has no length");
    const bool is_unicode = kind[0] == 'U';
    const uint64_t width = uint64_t{length} * (is_unicode ? 4 : 1);
    const std::string_view bytes = elements(width);
    // A width of zero bytes bounds nothing, so the count has a bound of its own.
    expect(width > 0 || header_.shape.num_elements() <= 1 << 20, "shape ", header_.shape.text(),
           " of empty texts is too big");
    std::vector<std::string> values(header_.shape.num_elements());
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string_view one = bytes.substr(i * width, width);
      values[i] =
          is_unicode ? utf8(one) : std::string(one.substr(0, one.find_last_not_of('\0') + 1));
    }
    return Array::strings(values, header_.shape);
  }

  std::string utf8(std::string_view codes) const {
    std::string text;
    size_t end = 0;
    for (size_t i = 0; i < codes.size(); i += 4) {
      uint32_t code;
      std::memcpy(&code, codes.data() + i, 4);
      if (is_big_endian()) code = __builtin_bswap32(code);
      expect(code <= 0x10ffff, "character ", code, " is not Unicode");
      append_utf8(text, code);
      if (code != 0) end = text.size();
    }
    text.resize(end);
    return text;
  }

  static void append_utf8(std::string& text, uint32_t code) {
    if (code < 0x80) {
      text.push_back(static_cast<char>(code));
      return;
    }
    const int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr uint8_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
    text.push_back(static_cast<char>(kLead[tail] | (code >> (6 * tail))));
    for (int i = tail - 1; i >= 0; --i)
      text.push_back(static_cast<char>(0x80 | ((code >> (6 * i)) & 63)));
  }

  ByteCursor cursor_;
  const std::string& path_;
  NpyHeader header_;
};

}  // namespace

Array decode_npy(std::string_view bytes, const std::string& path) {
  return NpyDecoder(bytes, path).decode();
}

Array read_npy(base::FileSystem& files, const std::string& path) {
  return decode_npy(files.read_file(path), path);
}

}  // namespace reckon::formats
