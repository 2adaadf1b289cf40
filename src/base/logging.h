// SPDX-License-Identifier: Apache-2.0
// Writing log lines from inside Reckon; reckon/logging.h says where they go.
#pragma once

#include <string>

#include <reckon/error.h>
#include <reckon/logging.h>

namespace reckon::base {

/// Hands `line` to the sink unless its level is dropped; a warning or error gets the line of the
/// public call that gives it (CallPlace), as errors do. Never call it from a step of a Program.
void log(LogLevel level, const std::string& line);
/// A warning in the form of an error's text: `[where] message. At file:line`; without a place that
/// of the public call.
void warn(const std::string& where, const std::string& message, Place place = {});
/// Whether a line of that level would be seen; ask before building an expensive one.
bool is_logged(LogLevel level);

}  // namespace reckon::base
