// SPDX-License-Identifier: Apache-2.0
// What a state file remembers of its siblings: enough to notice a damaged or exchanged file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reckon::base {
class FileSystem;
}

namespace reckon::formats {

struct FileDigest {
  uint64_t size = 0;
  uint32_t crc32c = 0;  // Castagnoli, not masked

  void extend(std::string_view bytes);
  bool operator==(const FileDigest&) const = default;
};

/// Reads the whole file. Throws Error, kNotFound or kUnavailable, if it cannot be read.
FileDigest digest_of_file(base::FileSystem& files, const std::string& path);

}  // namespace reckon::formats
