// SPDX-License-Identifier: Apache-2.0
// Writing log lines from inside Reckon; reckon/logging.h says where they go.
#pragma once

#include <string>

#include <reckon/logging.h>

namespace reckon::base {

/// Hands `line` to the sink unless its level is dropped. Never call it from a step of a Program.
void log(LogLevel level, const std::string& line);
/// Whether a line of that level would be seen; ask before building an expensive one.
bool is_logged(LogLevel level);

}  // namespace reckon::base
