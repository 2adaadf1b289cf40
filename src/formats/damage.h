// SPDX-License-Identifier: Apache-2.0
// How every reader of this room refuses a damaged file: kDataLoss, with the file as the place.
#pragma once

#include <string>

#include "base/check.h"

namespace reckon::formats {

/// Throws kDataLoss; `at` is the file, with an offset or record number where one is known.
template <class... Parts>
[[noreturn]] void data_loss(const char* where, const std::string& at, const Parts&... parts) {
  std::string text = base::concat_text(parts...);
  if (text.find(';') == std::string::npos) text += "; the file is damaged: use another copy";
  throw Error(ErrorCode::kDataLoss, where, text, at);
}

/// Throws kDataLoss unless `claim` holds.
template <class... Parts>
void expect_sound(bool claim, const char* where, const std::string& at, const Parts&... parts) {
  if (!claim) [[unlikely]]
    data_loss(where, at, parts...);
}

/// "<path>, offset <offset>"
inline std::string at_offset(const std::string& path, uint64_t offset) {
  return path + ", offset " + std::to_string(offset);
}

}  // namespace reckon::formats
