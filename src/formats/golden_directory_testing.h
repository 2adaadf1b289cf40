// SPDX-License-Identifier: Apache-2.0
// For tests: where this room's golden files and the large data outside the repository lie, and what
// a test says that skips because they are not there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace reckon::formats {

/// Files of src/formats/golden; tests run in the repository's root.
inline std::string golden_file(const std::string& name) { return "src/formats/golden/" + name; }

/// Files outside the repository: where the environment says, or else beside the repository.
struct OutsideFiles {
  const char* what;
  const char* variable;
  const char* otherwise;

  /// Their directory; empty if it is not there.
  std::string directory() const {
    const char* value = std::getenv(variable);
    const std::string path = value == nullptr ? otherwise : value;
    return std::filesystem::is_directory(path) ? path : std::string();
  }
  /// For GTEST_SKIP: which part of them a test lacks, and how to make it run.
  std::string missing(const std::string& part) const {
    return std::string("there are no ") + what + " (this test reads " + part +
           "); to run it, set " + variable + " to their directory, or put it at " + otherwise;
  }
};

inline constexpr OutsideFiles kOutsideData = {"data sets", "RECKON_DATA", "../shared/data"};
inline constexpr OutsideFiles kOutsideGolden = {"golden files", "RECKON_GOLDEN",
                                                "../shared/golden"};

inline std::string data_directory() { return kOutsideData.directory(); }
inline std::string golden_directory() { return kOutsideGolden.directory(); }
inline std::string missing_data(const std::string& part) { return kOutsideData.missing(part); }
inline std::string missing_golden(const std::string& part) { return kOutsideGolden.missing(part); }

}  // namespace reckon::formats
