// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10, a counter-based generator: any word of any stream without history.
// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#pragma once

#include <array>
#include <cstdint>

namespace reckon::base {

using PhiloxBlock = std::array<uint32_t, 4>;

inline constexpr uint32_t kPhiloxMultiplierA = 0xD2511F53, kPhiloxMultiplierB = 0xCD9E8D57;
inline constexpr uint32_t kPhiloxWeylA = 0x9E3779B9, kPhiloxWeylB = 0xBB67AE85;

/// The four words number `counter` of the stream (key, stream).
inline PhiloxBlock philox(uint64_t key, uint64_t stream, uint64_t counter) {
  PhiloxBlock c = {static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32),
                   static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)};
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = static_cast<uint64_t>(kPhiloxMultiplierA) * c[0];
    const uint64_t b = static_cast<uint64_t>(kPhiloxMultiplierB) * c[2];
    c = {static_cast<uint32_t>(b >> 32) ^ c[1] ^ k0, static_cast<uint32_t>(b),
         static_cast<uint32_t>(a >> 32) ^ c[3] ^ k1, static_cast<uint32_t>(a)};
    k0 += kPhiloxWeylA;
    k1 += kPhiloxWeylB;
  }
  return c;
}

/// A float32 in [0, 1) from the upper 24 bits of a word.
inline float unit_float(uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

}  // namespace reckon::base
