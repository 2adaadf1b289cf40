// SPDX-License-Identifier: Apache-2.0
// Throwing errors in the one form: require() for the user's mistakes, RECKON_CHECK for Reckon's
// own.
#pragma once

#include <sstream>
#include <string>

#include <reckon/error.h>

namespace reckon::base {

template <class... Parts>
std::string concat_text(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

template <class... Parts>
[[noreturn]] void fail(ErrorCode code, const std::string& where, const Parts&... parts) {
  throw Error(code, where, concat_text(parts...));
}

/// Throws kInvalidArgument with the joined parts unless `claim` holds.
template <class... Parts>
void require(bool claim, const char* where, const Parts&... parts) {
  if (!claim) [[unlikely]]
    fail(ErrorCode::kInvalidArgument, where, parts...);
}

[[noreturn]] void check_failed(const char* claim, const char* file, int line);

}  // namespace reckon::base

// A macro, because the failed claim's text and place belong in the report.
#define RECKON_CHECK(claim) \
  (static_cast<bool>(claim) ? void() : ::reckon::base::check_failed(#claim, __FILE__, __LINE__))
