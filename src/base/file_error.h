// SPDX-License-Identifier: Apache-2.0
// An errno of a file call as an Error that names the path and says what to do.
#pragma once

#include <string>

namespace reckon::base {

/// Throws `[file] <path> could not be <done>: <the system's words>; <mend>`; kNotFound for ENOENT,
/// kDataLoss for EIO where `done` is "read", else kUnavailable. `done` is a participle, such as
/// "opened". Pass an errno that no other call can have changed.
[[noreturn]] void fail_file(const std::string& path, const char* done, int error_number);

}  // namespace reckon::base
