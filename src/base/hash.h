// SPDX-License-Identifier: Apache-2.0
// A 64-bit hash of a structure, part by part. It depends on the parts and their order alone, so it
// is the same in every run and on every machine. Not for adversaries.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace reckon::base {

/// Collects parts, which never run into each other: "ab", "c" differs from "a", "bc".
class Hasher {
 public:
  void add(std::string_view bytes) {
    mix(bytes.size());
    while (!bytes.empty()) {
      uint64_t word = 0;
      const size_t count = std::min(bytes.size(), sizeof word);
      std::memcpy(&word, bytes.data(), count);
      mix(word);
      bytes.remove_prefix(count);
    }
  }
  /// Equal numbers of different integer types hash alike.
  template <std::integral T>
  void add(T number) {
    mix(static_cast<uint64_t>(static_cast<int64_t>(number)));
  }
  /// By its bits: 0 and -0 differ.
  void add(double number) { mix(std::bit_cast<uint64_t>(number)); }

  uint64_t value() const { return scramble(state_); }

 private:
  static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

  // The finalizer of splitmix64: a bijection that spreads each bit over all others.
  static constexpr uint64_t scramble(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }
  void mix(uint64_t word) { state_ = scramble(state_ + 0x9E3779B97F4A7C15) ^ word; }

  uint64_t state_ = 0;
};

}  // namespace reckon::base
