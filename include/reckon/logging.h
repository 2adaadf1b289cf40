// SPDX-License-Identifier: Apache-2.0
// Where Reckon's log lines go, and which of them.
#pragma once

#include <functional>
#include <string>

namespace reckon {

/// How urgent a line is; kOff, as a level, drops all of them.
enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

/// Takes one line without a line end. May be called by several threads at once.
using LogSink = std::function<void(LogLevel level, const std::string& line)>;

/// Sends log lines to `sink` from now on; an empty sink restores the default: stderr, with the
/// time and the level.
void set_log_sink(LogSink sink);
/// Drops lines below `level`. Until the first call the environment's RECKON_LOG decides
/// (debug, info, warning, error or off), which is info if unset.
void set_log_level(LogLevel level);
/// The level that is in force.
LogLevel log_level();

}  // namespace reckon
