// SPDX-License-Identifier: Apache-2.0
// Random fills: element i is a pure function of (key, stream, i), so any part of an array can be
// made by any thread in any order. The words are Philox4x32-10's (base/philox.h).
#pragma once

#include <cstdint>

namespace reckon::kernels {

/// Names a sequence of elements: the seed, and a number for (op, step).
struct RandomKey {
  uint64_t key = 0, stream = 0;
};

/// out[i - first] for i in [first, first + count), uniform in [low, high), which may be further
/// apart than the largest T. T: float, double.
template <class T>
void fill_uniform(RandomKey key, int64_t first, int64_t count, T low, T high, T* out);

/// Integers in [low, low + range), from 64 random bits each (bias below 2^-32 for 32-bit ranges); a
/// range of 0 means 2^64, all there are. T: int32_t, int64_t.
template <class T>
void fill_uniform_integers(RandomKey key, int64_t first, int64_t count, T low, uint64_t range,
                           T* out);

/// Normal deviates by Box-Muller, computed in double.
template <class T>
void fill_normal(RandomKey key, int64_t first, int64_t count, T mean, T deviation, T* out);

/// Normal deviates within two deviations of the mean, by the inverse distribution, in double.
template <class T>
void fill_truncated_normal(RandomKey key, int64_t first, int64_t count, T mean, T deviation,
                           T* out);

}  // namespace reckon::kernels
