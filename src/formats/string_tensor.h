// SPDX-License-Identifier: Apache-2.0
// String tensors in a bundle's data file: varint lengths, a CRC of the lengths, the bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <reckon/array.h>

namespace reckon::formats {

/// What stands before the strings' bytes, and the CRC of the entry so far.
struct StringTensorHead {
  std::string bytes;
  uint32_t crc32c = 0;
};

/// The CRC takes the lengths as fixed integers, then the stored checksum; the strings follow it.
StringTensorHead string_tensor_head(std::span<const std::string_view> strings);

/// `bytes` are exactly the tensor's; `masked_crc32c` is the entry's.
/// Throws Error, kDataLoss, at `at`. Memory is at most 16 times the size of `bytes`.
Array decode_string_tensor(std::string_view bytes, const Shape& shape, uint32_t masked_crc32c,
                           const std::string& at);

}  // namespace reckon::formats
