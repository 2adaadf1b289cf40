// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <algorithm>

#include <fmt/format.h>

namespace reckon::base {
namespace {

/// Bytes of the well-formed character that `text` begins with; 0 if there is none.
size_t character_bytes(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const size_t count = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (count == 0 || count > text.size() || lead > 0xF4) return 0;
  for (size_t i = 1; i < count; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (count < 3) return count;
  const unsigned second = byte(1);
  const bool is_too_long = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool is_surrogate = lead == 0xED && second >= 0xA0;
  const bool is_too_large = lead == 0xF4 && second >= 0x90;
  return is_too_long || is_surrogate || is_too_large ? 0 : count;
}

/// How many bytes from the beginning are well-formed.
size_t good_bytes(std::string_view text) {
  size_t good = 0;
  while (good < text.size()) {
    const size_t bytes = character_bytes(text.substr(good));
    if (bytes == 0) break;
    good += bytes;
  }
  return good;
}

/// The part of a long text that shows where it goes wrong.
std::string_view excerpt(std::string_view text) {
  constexpr size_t kShown = 60;
  const size_t good = good_bytes(text);
  return text.size() <= kShown ? text : text.substr(good - std::min(good, kShown / 2), kShown);
}

}  // namespace

bool is_utf8(std::string_view text) { return good_bytes(text) == text.size(); }

std::string shown_utf8(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const size_t bytes = character_bytes(text);
    if (bytes == 0) {
      shown += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[0]));
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return shown;
}

void require_utf8(const char* where, std::string_view what, std::string_view text, Place place) {
  if (is_utf8(text)) return;
  throw Error(ErrorCode::kInvalidArgument, where,
              fmt::format("{} \"{}\" is not UTF-8, which files and logs keep texts in; convert it, "
                          "or use letters of ASCII",
                          what, shown_utf8(excerpt(text))),
              place);
}

}  // namespace reckon::base
