// SPDX-License-Identifier: Apache-2.0
#include "kernels/hash.h"

#include <farmhash.h>

#include <charconv>

namespace reckon::kernels {

uint64_t fingerprint64(std::string_view text) {
  return util::Fingerprint64(text.data(), text.size());
}

int64_t hash_bucket(std::string_view text, int64_t buckets) {
  return static_cast<int64_t>(fingerprint64(text) % static_cast<uint64_t>(buckets));
}

int64_t hash_bucket(int64_t value, int64_t buckets) {
  char text[24];
  const std::to_chars_result end = std::to_chars(text, text + sizeof(text), value);
  return hash_bucket(std::string_view(text, static_cast<size_t>(end.ptr - text)), buckets);
}

}  // namespace reckon::kernels
