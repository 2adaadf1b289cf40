// SPDX-License-Identifier: Apache-2.0
// A random permutation of [0, n) with O(1) random access and no memory: a Feistel network over the
// next even power of two, keyed by (seed, epoch), with cycle walking. The order of shuffled rows.
#pragma once

#include <cstdint>

namespace reckon::kernels {

class Permutation {
 public:
  /// rows >= 0.
  Permutation(uint64_t seed, uint64_t epoch, int64_t rows);

  int64_t rows() const { return rows_; }
  /// The row at `position`, 0 <= position < rows().
  int64_t operator[](int64_t position) const;

 private:
  uint64_t forward(uint64_t value) const;

  static constexpr int kRounds = 8;
  int64_t rows_;
  int half_bits_;
  uint64_t round_keys_[kRounds];
};

}  // namespace reckon::kernels
