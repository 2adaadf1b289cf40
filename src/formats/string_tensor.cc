// SPDX-License-Identifier: Apache-2.0
// Both directions of a string tensor's layout.
#include "formats/string_tensor.h"

#include <vector>

#include "base/crc32c.h"
#include "formats/byte_order.h"
#include "formats/damage.h"

namespace reckon::formats {
namespace {

// Lengths count as 4 bytes, those beyond 32 bits as 8.
uint32_t extend_by_length(uint32_t crc, uint64_t length) {
  std::string fixed;
  if (length <= UINT32_MAX) {
    append_fixed(fixed, static_cast<uint32_t>(length));
  } else {
    append_fixed(fixed, length);
  }
  return base::extend_crc32c(crc, fixed);
}

}  // namespace

StringTensorHead string_tensor_head(std::span<const std::string_view> strings) {
  StringTensorHead head;
  for (const std::string_view text : strings) {
    append_varint(head.bytes, text.size());
    head.crc32c = extend_by_length(head.crc32c, text.size());
  }
  std::string checksum;
  append_fixed(checksum, base::mask_crc32c(head.crc32c));
  head.bytes += checksum;
  head.crc32c = base::extend_crc32c(head.crc32c, checksum);
  return head;
}

Array decode_string_tensor(std::string_view bytes, const Shape& shape, uint32_t masked_crc32c,
                           const std::string& at) {
  const auto expect = [&at](bool claim, const auto&... parts) {
    expect_sound(claim, "checkpoint", at, parts...);
  };
  const uint64_t count = static_cast<uint64_t>(shape.num_elements());
  expect(count <= bytes.size(), count, " strings cannot lie in ", bytes.size(), " bytes");
  ByteCursor cursor(bytes);
  std::vector<uint64_t> lengths(count);
  uint32_t crc = 0;
  for (uint64_t& length : lengths) {
    const auto value = cursor.varint();
    expect(value.has_value(), "the lengths of ", count, " strings are cut short");
    length = *value;
    crc = extend_by_length(crc, length);
  }
  const auto checksum = cursor.fixed<uint32_t>();
  expect(checksum && *checksum == base::mask_crc32c(crc),
         "the CRC of the strings' lengths differs");
  const std::string_view stored = bytes.substr(cursor.position() - 4);
  expect(base::mask_crc32c(base::extend_crc32c(crc, stored)) == masked_crc32c, "the CRC of ",
         bytes.size(), " bytes of strings differs from the index");
  std::vector<std::string_view> strings(count);
  for (uint64_t i = 0; i < count; ++i) {
    const auto text = cursor.take(lengths[i]);
    expect(text.has_value(), "string ", i, " of ", lengths[i], " bytes is longer than its tensor");
    strings[i] = *text;
  }
  expect(cursor.remaining() == 0, cursor.remaining(), " bytes follow the last string");
  return Array::string_views(strings, shape);
}

}  // namespace reckon::formats
