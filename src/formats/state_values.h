// SPDX-License-Identifier: Apache-2.0
// The values of a state file, for headers that only pass them on: JSON's own header is long.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace reckon::formats {

/// Whoever saves something picks a key and the JSON below it.
using StateValues = std::map<std::string, nlohmann::json>;

}  // namespace reckon::formats
