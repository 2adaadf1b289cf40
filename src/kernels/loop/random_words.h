// SPDX-License-Identifier: Apache-2.0
// Random words of consecutive elements: Philox blocks side by side in lanes of 64 bits, of which
// the lower halves hold the state and the upper ones whatever the products left there. In an
// unnamed namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "base/philox.h"
#include "kernels/loop/loop_kernels.h"
#include "kernels/loop/register_lanes.h"

namespace reckon::kernels {
namespace {

inline constexpr int kPhiloxLanes = kVectorBytes / 8, kPhiloxRounds = 10;
using Longs [[gnu::vector_size(kVectorBytes)]] = uint64_t;

inline Longs product_of_lower_halves(Longs a, Longs b) {
#if defined(__AVX512F__)
  return reinterpret_cast<Longs>(
      _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Longs>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Longs>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return (a & UINT32_MAX) * (b & UINT32_MAX);
#endif
}

inline Longs spread_out(uint64_t x) { return Longs{} + x; }

// 0, 1, 2 … and the orders in which the halves of the blocks alternate.
struct PhiloxOrder {
  Longs count = {}, lower = {}, upper = {};
  PhiloxOrder() {
    for (int i = 0; i < kPhiloxLanes; ++i) {
      const auto lane = static_cast<uint64_t>(i);
      count[i] = lane;
      lower[i] = lane / 2 + lane % 2 * kPhiloxLanes;
      upper[i] = lower[i] + kPhiloxLanes / 2;
    }
  }
};

/// The blocks of one key and stream.
class PhiloxVectors {
 public:
  PhiloxVectors(uint64_t key, uint64_t stream) : stream_(stream) {
    auto k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < kPhiloxRounds; ++round) {
      keys_[round][0] = spread_out(k0);
      keys_[round][1] = spread_out(k1);
      k0 += base::kPhiloxWeylA;
      k1 += base::kPhiloxWeylB;
    }
  }

  /// The four words of each of kPhiloxLanes blocks from number `counter` on.
  void blocks(uint32_t* to, uint64_t counter) const {
    const PhiloxOrder order;
    Longs c0 = spread_out(counter) + order.count;
    Longs c1 = c0 >> 32, c2 = spread_out(stream_), c3 = spread_out(stream_ >> 32);
    const Longs first = spread_out(base::kPhiloxMultiplierA);
    const Longs second = spread_out(base::kPhiloxMultiplierB);
#pragma GCC unroll 10
    for (int round = 0; round < kPhiloxRounds; ++round) {
      const Longs a = product_of_lower_halves(c0, first), b = product_of_lower_halves(c2, second);
      c0 = (b >> 32) ^ c1 ^ keys_[round][0];
      c1 = b;
      c2 = (a >> 32) ^ c3 ^ keys_[round][1];
      c3 = a;
    }
    const Longs front = (c0 & UINT32_MAX) | (c1 << 32), back = (c2 & UINT32_MAX) | (c3 << 32);
    const Longs out[2] = {__builtin_shuffle(front, back, order.lower),
                          __builtin_shuffle(front, back, order.upper)};
    __builtin_memcpy(to, out, sizeof out);
  }

 private:
  uint64_t stream_;
  Longs keys_[kPhiloxRounds][2];
};

void random_words_from(void* out, const void* const* operands, int64_t n, KernelContext& context) {
  constexpr int64_t kWords = 4 * kPhiloxLanes;
  auto* to = static_cast<uint32_t*>(out);
  const PhiloxVectors philox(*static_cast<const uint64_t*>(operands[0]),
                             *static_cast<const uint64_t*>(operands[1]));
  for (int64_t done = 0; done < n;) {
    const auto index = static_cast<uint64_t>(context.index + done);
    const auto skipped = static_cast<int64_t>(index % 4);
    if (skipped == 0 && n - done >= kWords) {
      philox.blocks(to + done, index / 4);
      done += kWords;
      continue;
    }
    uint32_t words[kWords];
    philox.blocks(words, index / 4);
    for (int64_t i = skipped; i < kWords && done < n; ++i) to[done++] = words[i];
  }
}

}  // namespace
}  // namespace reckon::kernels
