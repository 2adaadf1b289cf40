// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli), and the masked form that TensorFlow's and LevelDB's files store: a CRC of
// bytes that contain their own CRC says little, so stored ones are rotated and shifted.
#pragma once

#include <cstdint>
#include <string_view>

namespace reckon::base {

/// The CRC of `bytes`; crc32c("123456789") is 0xE3069283.
uint32_t crc32c(std::string_view bytes);
/// The CRC of what gave `crc`, followed by `bytes`; starts from 0.
uint32_t extend_crc32c(uint32_t crc, std::string_view bytes);

constexpr uint32_t kCrcMaskDelta = 0xA282EAD8;

constexpr uint32_t mask_crc32c(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + kCrcMaskDelta; }

constexpr uint32_t unmask_crc32c(uint32_t masked) {
  const uint32_t rotated = masked - kCrcMaskDelta;
  return (rotated >> 17) | (rotated << 15);
}

inline uint32_t masked_crc32c(std::string_view bytes) { return mask_crc32c(crc32c(bytes)); }

}  // namespace reckon::base
