// SPDX-License-Identifier: Apache-2.0
#include "formats/digested_file.h"

#include <algorithm>
#include <limits>
#include <string>

namespace reckon::formats {

/// Digests the bytes that nobody asked for, up to that offset or the end of the file.
void DigestedFile::read_up_to(uint64_t offset) {
  constexpr uint64_t kChunkBytes = 1 << 20;
  if (offset <= digest_.size) return;
  std::string buffer(std::min(kChunkBytes, offset - digest_.size), '\0');
  while (digest_.size < offset) {
    const size_t wanted = std::min<uint64_t>(buffer.size(), offset - digest_.size);
    const size_t count = file_->read(digest_.size, buffer.data(), wanted);
    if (count == 0) return;
    digest_.extend({buffer.data(), count});
  }
}

size_t DigestedFile::read(uint64_t offset, char* buffer, size_t count) {
  const std::lock_guard<std::mutex> guard(mutex_);
  read_up_to(offset);
  const size_t got = file_->read(offset, buffer, count);
  // Of bytes that were read before, only what follows the digested ones is new.
  if (offset <= digest_.size && digest_.size < offset + got) {
    const auto known = static_cast<size_t>(digest_.size - offset);
    digest_.extend({buffer + known, got - known});
  }
  return got;
}

FileDigest DigestedFile::digest() {
  const std::lock_guard<std::mutex> guard(mutex_);
  read_up_to(std::numeric_limits<uint64_t>::max());
  return digest_;
}

}  // namespace reckon::formats
