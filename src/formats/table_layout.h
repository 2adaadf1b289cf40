// SPDX-License-Identifier: Apache-2.0
// Numbers of LevelDB's table format that its writer and its reader share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::formats {

inline constexpr uint64_t kTableMagic = 0xdb4775248b80fb57;
inline constexpr size_t kTableFooterBytes = 48;
inline constexpr size_t kBlockTrailerBytes = 5;  // type, masked CRC of block and type
inline constexpr char kRawBlock = 0, kSnappyBlock = 1;
inline constexpr size_t kRestartInterval = 16;

}  // namespace reckon::formats
