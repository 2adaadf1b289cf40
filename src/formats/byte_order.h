// SPDX-License-Identifier: Apache-2.0
// Little-endian integers and varints to and from bytes. A ByteCursor never reads outside its bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace reckon::formats {

static_assert(std::endian::native == std::endian::little, "files are read in place");

template <class T>
void append_fixed(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline void append_varint(std::string& bytes, uint64_t value) {
  for (; value >= 128; value >>= 7) bytes.push_back(static_cast<char>(value | 128));
  bytes.push_back(static_cast<char>(value));
}

/// Walks through bytes that someone else keeps. What does not fit is an empty optional, and nothing
/// is consumed.
class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }

  std::optional<std::string_view> take(uint64_t size) {
    if (size > remaining()) return std::nullopt;
    const std::string_view taken = bytes_.substr(position_, size);
    position_ += size;
    return taken;
  }

  template <class T>
  std::optional<T> fixed() {
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    T value;
    std::memcpy(&value, bytes->data(), sizeof value);
    return value;
  }

  /// A varint that fits 64 bits, in as few bytes as it needs: no other form is written, so it is
  /// damage.
  std::optional<uint64_t> varint() {
    uint64_t value = 0;
    for (size_t count = 0; count < 10 && count < remaining(); ++count) {
      const uint64_t byte = static_cast<uint8_t>(bytes_[position_ + count]);
      if ((count == 9 && byte > 1) || (count > 0 && byte == 0)) return std::nullopt;
      value |= (byte & 127) << (7 * count);
      if (byte < 128) {
        position_ += count + 1;
        return value;
      }
    }
    return std::nullopt;
  }

 private:
  std::string_view bytes_;
  size_t position_ = 0;
};

}  // namespace reckon::formats
