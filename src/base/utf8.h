// SPDX-License-Identifier: Apache-2.0
// Texts that files keep (JSON, protocol buffers) must be UTF-8: users' names are checked where they
// are given, long before a file is written.
#pragma once

#include <string>
#include <string_view>

#include <reckon/error.h>

namespace reckon::base {

/// True for well-formed UTF-8: shortest forms, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text);
/// The text with each byte that is no part of well-formed UTF-8 as "\xE9", so that it can be shown.
std::string shown_utf8(std::string_view text);
/// Throws Error, kInvalidArgument, unless `text` is UTF-8; `what` is its role: "the name".
void require_utf8(const char* where, std::string_view what, std::string_view text,
                  Place place = {});

}  // namespace reckon::base
