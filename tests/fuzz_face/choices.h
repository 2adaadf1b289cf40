// SPDX-License-Identifier: Apache-2.0
// Random choices of one sequence: all of them follow from its seed, on every machine.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace reckon::fuzz_face {

/// Source of the generator: SplitMix64, Steele et al. 2014.
class Choices {
 public:
  /// Seeds that follow each other start far apart.
  explicit Choices(uint64_t seed) : state_(seed) { state_ = bits() ^ (seed << 32); }

  uint64_t bits() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// In [low, high].
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(bits() % static_cast<uint64_t>(high - low + 1));
  }
  bool one_in(int64_t n) { return between(1, n) == 1; }
  template <class T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[between(0, static_cast<int64_t>(values.size()) - 1)];
  }

 private:
  uint64_t state_;
};

}  // namespace reckon::fuzz_face
