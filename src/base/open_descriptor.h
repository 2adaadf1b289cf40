// SPDX-License-Identifier: Apache-2.0
// The one call that opens a file or directory. In a process whose standard streams are closed the
// system would give out their numbers, and what anybody prints would go into the file.
#pragma once

#include <string>

namespace reckon::base {

/// As ::open, closed on exec, but the descriptor is never 0, 1 or 2, nor is the file there for a
/// moment, whatever other threads print meanwhile. -1 with errno if it fails.
int open_descriptor(const std::string& path, int flags);

}  // namespace reckon::base
