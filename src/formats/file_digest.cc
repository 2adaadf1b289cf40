// SPDX-License-Identifier: Apache-2.0
// Digests of bytes and of whole files.
#include "formats/file_digest.h"

#include "base/crc32c.h"
#include "base/file_system.h"

namespace reckon::formats {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

}  // namespace

void FileDigest::extend(std::string_view bytes) {
  size += bytes.size();
  crc32c = base::extend_crc32c(crc32c, bytes);
}

FileDigest digest_of_file(base::FileSystem& files, const std::string& path) {
  const auto file = files.open_read(path);
  std::string buffer(kChunkBytes, '\0');
  FileDigest digest;
  while (const size_t count = file->read(digest.size, buffer.data(), buffer.size())) {
    digest.extend({buffer.data(), count});
  }
  return digest;
}

}  // namespace reckon::formats
