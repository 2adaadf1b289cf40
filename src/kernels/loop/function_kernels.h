// SPDX-License-Identifier: Apache-2.0
// Kernels of the functions: float32 by the compositions in registers, float64 by the C library.
// Also those opcodes that go one element at a time.
// In an unnamed namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#include <cstdint>

#include "base/philox.h"
#include "kernels/loop/element_operations.h"
#include "kernels/loop/map_kernels.h"

namespace reckon::kernels {
namespace {

template <F32 (*kFunction)(F32)>
void function_of_floats(void* out, const void* const* operands, int64_t n, KernelContext&) {
  map_function(static_cast<float*>(out), static_cast<const float*>(operands[0]), n,
               [](float x) { return kFunction(x).v; });
}

template <F32 (*kFunction)(F32, F32)>
void function_of_float_pairs(void* out, const void* const* operands, int64_t n, KernelContext&) {
  map_function(static_cast<float*>(out), static_cast<const float*>(operands[0]),
               static_cast<const float*>(operands[1]), n,
               [](float x, float y) { return kFunction(x, y).v; });
}

// The costly reduction of large angles only where there is one; the bits are the same either way.
template <F32 (*kAnyAngle)(F32), F32 (*kSmallAngle)(F32)>
void function_of_angles(void* out, const void* const* operands, int64_t n, KernelContext& context) {
  const auto* a = static_cast<const float*>(operands[0]);
  int32_t large = 0;
  for (int64_t i = 0; i < n; ++i) large |= __builtin_fabsf(a[i]) >= Functions::kLargeAngle;
  if (large != 0)
    function_of_floats<kAnyAngle>(out, operands, n, context);
  else
    function_of_floats<kSmallAngle>(out, operands, n, context);
}

template <double (*kFunction)(double)>
void function_of_doubles(void* out, const void* const* operands, int64_t n, KernelContext&) {
  auto* to = static_cast<double*>(out);
  const auto* a = static_cast<const double*>(operands[0]);
  for (int64_t i = 0; i < n; ++i) to[i] = kFunction(a[i]);
}

template <class T, T (*kFunction)(T, T)>
void function_of_pairs(void* out, const void* const* operands, int64_t n, KernelContext&) {
  auto* to = static_cast<T*>(out);
  const auto *a = static_cast<const T*>(operands[0]), *b = static_cast<const T*>(operands[1]);
  for (int64_t i = 0; i < n; ++i) to[i] = kFunction(a[i], b[i]);
}

inline double sigmoid_double(double x) {
  const double e = __builtin_exp(-__builtin_fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
inline double softplus_double(double x) {
  return (x > 0 ? x : 0.0) + __builtin_log1p(__builtin_exp(-__builtin_fabs(x)));
}
inline float remainder_float(float a, float b) { return __builtin_fmodf(a, b); }
inline double remainder_double(double a, double b) { return __builtin_fmod(a, b); }

// Integer division, rounded towards zero or down; a zero divisor is reported and gives 0.
struct Division {
  bool is_quotient, rounds_down;
};
template <class T>
inline T divided(T a, T b, Division kind) {
  if constexpr (static_cast<T>(-1) < 0) {  // signed: the one quotient that overflows wraps
    if (b == -1) return kind.is_quotient ? Neg::apply(a) : T{0};
  }
  const T quotient = static_cast<T>(a / b), rest = static_cast<T>(a % b);
  const bool is_off = kind.rounds_down && rest != 0 && (rest < 0) != (b < 0);
  if (kind.is_quotient) return static_cast<T>(quotient - (is_off ? 1 : 0));
  return is_off ? static_cast<T>(rest + b) : rest;
}

template <class T, bool kIsQuotient, bool kRoundsDown>
void divide_integers(void* out, const void* const* operands, int64_t n, KernelContext& context) {
  auto* to = static_cast<T*>(out);
  const auto *a = static_cast<const T*>(operands[0]), *b = static_cast<const T*>(operands[1]);
  for (int64_t i = 0; i < n; ++i) {
    if (b[i] == 0) {
      context.faults |= kDividedByZero;
      to[i] = 0;
    } else {
      to[i] = divided<T>(a[i], b[i], {kIsQuotient, kRoundsDown});
    }
  }
}

template <class T>
void integer_powers(void* out, const void* const* operands, int64_t n, KernelContext& context) {
  auto* to = static_cast<T*>(out);
  const auto *a = static_cast<const T*>(operands[0]), *b = static_cast<const T*>(operands[1]);
  for (int64_t i = 0; i < n; ++i) {
    T exponent = b[i], square = a[i], result = 1;
    if (exponent < 0) {
      context.faults |= kNegativePower;
      exponent = 0;
      result = 0;
    }
    for (; exponent > 0;
         exponent = static_cast<T>(exponent >> 1), square = Mul::apply(square, square)) {
      if (exponent & 1) result = Mul::apply(result, square);
    }
    to[i] = result;
  }
}

inline void fill_index(void* out, const void* const*, int64_t n, KernelContext& context) {
  auto* to = static_cast<int64_t*>(out);
  for (int64_t i = 0; i < n; ++i) to[i] = context.index + i;
}

// Any keys and indices: a whole Philox block for each word.
inline void random_words_at(void* out, const void* const* operands, int64_t n, KernelContext&) {
  auto* to = static_cast<uint32_t*>(out);
  const auto *key = static_cast<const uint64_t*>(operands[0]),
             *stream = static_cast<const uint64_t*>(operands[1]),
             *index = static_cast<const uint64_t*>(operands[2]);
  for (int64_t i = 0; i < n; ++i) {
    const uint64_t counter = index[i] / 4;
    uint32_t c[4] = {static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32),
                     static_cast<uint32_t>(stream[i]), static_cast<uint32_t>(stream[i] >> 32)};
    uint32_t k0 = static_cast<uint32_t>(key[i]), k1 = static_cast<uint32_t>(key[i] >> 32);
    for (int round = 0; round < 10; ++round) {
      const uint64_t a = static_cast<uint64_t>(base::kPhiloxMultiplierA) * c[0];
      const uint64_t b = static_cast<uint64_t>(base::kPhiloxMultiplierB) * c[2];
      c[0] = static_cast<uint32_t>(b >> 32) ^ c[1] ^ k0;
      c[1] = static_cast<uint32_t>(b);
      c[2] = static_cast<uint32_t>(a >> 32) ^ c[3] ^ k1;
      c[3] = static_cast<uint32_t>(a);
      k0 += base::kPhiloxWeylA;
      k1 += base::kPhiloxWeylB;
    }
    to[i] = c[index[i] % 4];
  }
}

}  // namespace
}  // namespace reckon::kernels
