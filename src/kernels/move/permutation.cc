// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/permutation.h"

#include <bit>

#include "base/philox.h"

namespace reckon::kernels {
namespace {

// Mixes one half under a round key. Source: the finalizer of MurmurHash3, by A. Appleby.
uint64_t mix(uint64_t half, uint64_t key) {
  uint64_t x = half + key;
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
  return x ^ (x >> 33);
}

}  // namespace

Permutation::Permutation(uint64_t seed, uint64_t epoch, int64_t rows) : rows_(rows) {
  const uint64_t largest = rows > 1 ? static_cast<uint64_t>(rows - 1) : 1;
  half_bits_ = (std::bit_width(largest) + 1) / 2;
  for (int round = 0; round < kRounds; round += 2) {
    const base::PhiloxBlock words = base::philox(seed, epoch, static_cast<uint64_t>(round));
    round_keys_[round] = words[0] | static_cast<uint64_t>(words[1]) << 32;
    round_keys_[round + 1] = words[2] | static_cast<uint64_t>(words[3]) << 32;
  }
}

uint64_t Permutation::forward(uint64_t value) const {
  const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
  uint64_t left = value >> half_bits_, right = value & mask;
  for (const uint64_t key : round_keys_) {
    const uint64_t next = left ^ (mix(right, key) & mask);
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

// The network permutes up to 4 times as many numbers: those outside are sent on until they are in.
int64_t Permutation::operator[](int64_t position) const {
  uint64_t value = forward(static_cast<uint64_t>(position));
  while (value >= static_cast<uint64_t>(rows_)) value = forward(value);
  return static_cast<int64_t>(value);
}

}  // namespace reckon::kernels
