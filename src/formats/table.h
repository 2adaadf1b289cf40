// SPDX-License-Identifier: Apache-2.0
// LevelDB's table format with plain user keys: the index file of a V2 checkpoint.
// A decoded table has passed every CRC and bound; its keys ascend strictly.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reckon::formats {

using TableEntries = std::vector<std::pair<std::string, std::string>>;  // key, value

/// The bytes that TensorFlow's TableBuilder writes: blocks of 256 KiB, not compressed, a restart
/// every 16 entries. `block_bytes` is where a block ends. Throws Error, kInvalidArgument, unless
/// the keys ascend strictly.
std::string encode_table(const TableEntries& entries, size_t block_bytes = 256 * 1024);

/// All entries; blocks may be compressed with Snappy. `path` names the file in errors.
/// Throws Error, kDataLoss. Memory is bounded by a multiple of the size of `bytes`.
TableEntries decode_table(std::string_view bytes, const std::string& path);

}  // namespace reckon::formats
