// SPDX-License-Identifier: Apache-2.0
// The types with which the compositions of src/expr compute in registers: one element each, in
// loops that the compiler turns into vector code. In an unnamed namespace, and over builtins only:
// each instruction set's file must keep its own copy, for the linker would merge equal names.
#pragma once

#include <cstdint>

#include "expr/wide_compositions.h"

namespace reckon::kernels {
namespace {

/// Of the widest vectors.
#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
inline constexpr int kVectorBytes = 32;
#else
inline constexpr int kVectorBytes = 16;
#endif

struct F32 {
  float v;
  F32() = default;
  F32(float x) : v(x) {}
};
struct F64 {
  double v;
  F64() = default;
  F64(double x) : v(x) {}
};
struct I32 {
  int32_t v;
  I32() = default;
  I32(int32_t x) : v(x) {}
};

inline F32 operator+(F32 a, F32 b) { return a.v + b.v; }
inline F32 operator-(F32 a, F32 b) { return a.v - b.v; }
inline F32 operator*(F32 a, F32 b) { return a.v * b.v; }
inline F32 operator/(F32 a, F32 b) { return a.v / b.v; }
inline F32 operator-(F32 a) { return -a.v; }
inline bool operator<(F32 a, F32 b) { return a.v < b.v; }
inline bool operator>(F32 a, F32 b) { return a.v > b.v; }
inline bool operator>=(F32 a, F32 b) { return a.v >= b.v; }
inline bool operator==(F32 a, F32 b) { return a.v == b.v; }
inline bool operator!=(F32 a, F32 b) { return a.v != b.v; }
inline F32 fma(F32 a, F32 b, F32 c) { return __builtin_fmaf(a.v, b.v, c.v); }
inline F32 abs(F32 a) { return __builtin_fabsf(a.v); }
inline F32 rint(F32 a) { return __builtin_rintf(a.v); }
inline F32 trunc(F32 a) { return __builtin_truncf(a.v); }
inline F32 select(bool c, F32 a, F32 b) { return c ? a.v : b.v; }

inline F64 operator+(F64 a, F64 b) { return a.v + b.v; }
inline F64 operator-(F64 a, F64 b) { return a.v - b.v; }
inline F64 operator*(F64 a, F64 b) { return a.v * b.v; }
inline F64 operator/(F64 a, F64 b) { return a.v / b.v; }
inline F64 operator-(F64 a) { return -a.v; }
inline bool operator<(F64 a, F64 b) { return a.v < b.v; }
inline bool operator>(F64 a, F64 b) { return a.v > b.v; }
inline bool operator==(F64 a, F64 b) { return a.v == b.v; }
inline F64 fma(F64 a, F64 b, F64 c) { return __builtin_fma(a.v, b.v, c.v); }
inline F64 abs(F64 a) { return __builtin_fabs(a.v); }
inline F64 sqrt(F64 a) { return __builtin_sqrt(a.v); }
inline F64 rint(F64 a) { return __builtin_rint(a.v); }
inline F64 select(bool c, F64 a, F64 b) { return c ? a.v : b.v; }

// Integers wrap.
inline I32 wrapped(uint32_t x) { return static_cast<int32_t>(x); }
inline uint32_t bare(I32 x) { return static_cast<uint32_t>(x.v); }
inline I32 operator+(I32 a, I32 b) { return wrapped(bare(a) + bare(b)); }
inline I32 operator-(I32 a, I32 b) { return wrapped(bare(a) - bare(b)); }
inline I32 operator&(I32 a, I32 b) { return a.v & b.v; }
inline I32 operator|(I32 a, I32 b) { return a.v | b.v; }
inline I32 operator>>(I32 a, I32 b) { return a.v >> b.v; }
inline I32 operator<<(I32 a, I32 b) { return wrapped(bare(a) << b.v); }
inline bool operator<(I32 a, I32 b) { return a.v < b.v; }
inline bool operator>=(I32 a, I32 b) { return a.v >= b.v; }
inline bool operator==(I32 a, I32 b) { return a.v == b.v; }
inline I32 select(bool c, I32 a, I32 b) { return c ? a.v : b.v; }

inline I32 bits_of(F32 x) { return __builtin_bit_cast(int32_t, x.v); }
inline F32 float_of_bits(I32 x) { return __builtin_bit_cast(float, x.v); }
inline I32 to_int(F32 x) { return static_cast<int32_t>(x.v); }
inline I32 to_int(F64 x) { return static_cast<int32_t>(x.v); }
inline F32 to_float(I32 x) { return static_cast<float>(x.v); }
inline F64 to_double(I32 x) { return static_cast<double>(x.v); }
inline F64 widen(F32 x) { return static_cast<double>(x.v); }
inline F32 narrow(F64 x) { return static_cast<float>(x.v); }

// 2^n for n in the range of normal numbers; something for others.
inline F32 power_of_two(F32, I32 n) { return float_of_bits(wrapped((bare(n) + 127u) << 23)); }
inline F64 power_of_two(F64, I32 n) {
  const uint64_t exponent = static_cast<uint64_t>(static_cast<int64_t>(n.v)) + 1023u;
  return __builtin_bit_cast(double, exponent << 52);
}

/// Without the opcode's limits on n: the compositions stay within them, unless x is NaN.
template <class T>
T scale(T x, I32 n) {
  const I32 half = n >> I32(1);
  return x * power_of_two(x, half) * power_of_two(x, n - half);
}

using Functions = expr::WideCompositions<F32, F64, I32>;

}  // namespace
}  // namespace reckon::kernels
