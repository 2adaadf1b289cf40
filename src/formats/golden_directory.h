// SPDX-License-Identifier: Apache-2.0
// For tests: where this room's golden files and the large data outside the repository lie.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace reckon::formats {

/// Files of src/formats/golden; tests run in the repository's root.
inline std::string golden_file(const std::string& name) { return "src/formats/golden/" + name; }

/// The directory that the environment names, or `otherwise`; empty if it is not there.
inline std::string outside_directory(const char* variable, const std::string& otherwise) {
  const char* value = std::getenv(variable);
  const std::string path = value == nullptr ? otherwise : value;
  return std::filesystem::is_directory(path) ? path : std::string();
}

inline std::string data_directory() { return outside_directory("RECKON_DATA", "../shared/data"); }
inline std::string golden_directory() {
  return outside_directory("RECKON_GOLDEN", "../shared/golden");
}

}  // namespace reckon::formats
