// SPDX-License-Identifier: Apache-2.0
// CRC-32C through ISA-L, which picks the fastest code for the processor.
#include "base/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>

namespace reckon::base {

uint32_t crc32c(std::string_view bytes) { return extend_crc32c(0, bytes); }

uint32_t extend_crc32c(uint32_t crc, std::string_view bytes) {
  // ISA-L counts in int and leaves the inversion of the first and last value to its caller.
  constexpr size_t kMaxBytes = size_t{1} << 30;
  uint32_t state = ~crc;
  while (!bytes.empty()) {
    const size_t count = std::min(bytes.size(), kMaxBytes);
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    state = crc32_iscsi(data, static_cast<int>(count), state);
    bytes.remove_prefix(count);
  }
  return ~state;
}

}  // namespace reckon::base
