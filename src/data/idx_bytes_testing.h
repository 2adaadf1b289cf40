// SPDX-License-Identifier: Apache-2.0
// For tests: small idx files, plain and compressed.
#pragma once

#include <zlib.h>

#include <fstream>
#include <string>
#include <vector>

namespace reckon::reckon_internal::data {

/// An idx file of uint8: magic number, extents, elements.
inline std::string idx_bytes(const std::vector<int>& extents, const std::string& elements) {
  std::string bytes = {0, 0, 8, static_cast<char>(extents.size())};
  for (const int extent : extents) bytes += std::string{0, 0, 0, static_cast<char>(extent)};
  return bytes + elements;
}

inline void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline void write_gzip(const std::string& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

}  // namespace reckon::reckon_internal::data
