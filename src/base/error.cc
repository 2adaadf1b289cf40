// SPDX-License-Identifier: Apache-2.0
// Joins the parts of an error into its one form of text.
#include <reckon/error.h>

#include <string_view>

#include <utility>
#include "base/with_place.h"

namespace reckon {

// The user knows the file by its base name; its folder would make texts differ between machines.
std::string base::place_text(const Place& place) {
  if (!place.known()) return "";
  const std::string_view file = place.file;
  return std::string(file.substr(file.rfind('/') + 1)) + ":" + std::to_string(place.line);
}

namespace {

std::string error_text(const std::string& where, const std::string& message,
                       const std::string& at) {
  std::string text = "[" + where + "] " + message;
  // what() ends at the first NUL.
  for (size_t at = 0; (at = text.find('\0', at)) != std::string::npos;)
    text.replace(at, 1, "\\x00");
  if (!text.ends_with('.')) text += '.';
  if (!at.empty()) text += " At " + at;
  return text;
}

}  // namespace

Error::Error(ErrorCode code, std::string where, std::string message, Place place)
    : Error(code, std::move(where), std::move(message), base::place_text(place)) {}

Error::Error(ErrorCode code, std::string where, std::string message, std::string at)
    : std::runtime_error(error_text(where, message, at)),
      code_(code),
      where_(std::move(where)),
      message_(std::move(message)),
      at_(std::move(at)) {}

}  // namespace reckon
