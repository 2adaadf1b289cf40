// SPDX-License-Identifier: Apache-2.0
// The hashes that TensorFlow's hash buckets are defined by; values never change between releases.
#pragma once

#include <cstdint>
#include <string_view>

namespace reckon::kernels {

/// FarmHash Fingerprint64. Source: https://github.com/google/farmhash
uint64_t fingerprint64(std::string_view text);

/// fingerprint64 % buckets: `string_to_hash_bucket_fast`. buckets >= 1.
int64_t hash_bucket(std::string_view text, int64_t buckets);

/// The bucket of an integer, which is hashed as its decimal text.
int64_t hash_bucket(int64_t value, int64_t buckets);

}  // namespace reckon::kernels
