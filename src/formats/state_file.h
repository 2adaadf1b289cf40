// SPDX-License-Identifier: Apache-2.0
// `model.ckpt-N.state`: what a checkpoint's tensors do not hold, and the digests of its sibling
// files. Line 1 is "reckon state <version> <size> <crc32c>", the rest is JSON with sorted keys:
// equal states, equal bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "formats/file_digest.h"
#include "formats/state_values.h"

namespace reckon::formats {

inline constexpr int kStateFileVersion = 1;

struct StateFile {
  StateValues values;
  /// File name without directory -> digest.
  std::map<std::string, FileDigest> files;

  bool operator==(const StateFile&) const = default;
};

/// Throws Error, kInvalidArgument, for what JSON cannot hold exactly: NaN, infinities, text that is
/// not UTF-8.
std::string encode_state_file(const StateFile& state);
/// `path` names the file in errors. Throws Error, kDataLoss, for damage, kInvalidArgument for a
/// newer version.
StateFile decode_state_file(std::string_view bytes, const std::string& path);
/// "<prefix>.state"
std::string state_file_name(const std::string& prefix);

}  // namespace reckon::formats
