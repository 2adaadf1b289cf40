// SPDX-License-Identifier: Apache-2.0
// The exact meaning of each basic opcode on one element.
// In an unnamed namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#include <cstdint>

#include "kernels/loop/register_lanes.h"

namespace reckon::kernels {
namespace {

template <class T>
inline constexpr bool kIsFloat = false;
template <>
inline constexpr bool kIsFloat<float> = true;
template <>
inline constexpr bool kIsFloat<double> = true;

// The unsigned type in which an integer's arithmetic wraps; at least 32 bits, for promotion.
template <class T>
struct WrapOf {
  using Type = uint32_t;
};
template <>
struct WrapOf<int64_t> {
  using Type = uint64_t;
};
template <class T>
using Wrap = typename WrapOf<T>::Type;

struct Add {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (kIsFloat<T>)
      return a + b;
    else
      return static_cast<T>(static_cast<Wrap<T>>(a) + static_cast<Wrap<T>>(b));
  }
};
struct Sub {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (kIsFloat<T>)
      return a - b;
    else
      return static_cast<T>(static_cast<Wrap<T>>(a) - static_cast<Wrap<T>>(b));
  }
};
struct Mul {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (kIsFloat<T>)
      return a * b;
    else
      return static_cast<T>(static_cast<Wrap<T>>(a) * static_cast<Wrap<T>>(b));
  }
};
struct Div {
  template <class T>
  static T apply(T a, T b) {
    return a / b;
  }
};
// `takes_b` by one comparison and a test for NaN, both of which become vector masks.
struct Min {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (kIsFloat<T>)
      return (b < a) | (b != b) ? b : a;
    else
      return b < a ? b : a;
  }
};
struct Max {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (kIsFloat<T>)
      return (b > a) | (b != b) ? b : a;
    else
      return b > a ? b : a;
  }
};
struct Less {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a < b;
  }
};
struct LessEqual {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a <= b;
  }
};
struct Equal {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a == b;
  }
};
struct NotEqual {
  template <class T>
  static uint8_t apply(T a, T b) {
    return a != b;
  }
};
struct And {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};
template <class T>
inline constexpr Wrap<T> kCountMask = 8 * sizeof(T) - 1;
struct ShiftLeft {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(static_cast<Wrap<T>>(a) << (static_cast<Wrap<T>>(b) & kCountMask<T>));
  }
};
struct ShiftRight {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a >> (static_cast<Wrap<T>>(b) & kCountMask<T>));
  }
};
struct ShiftRightLogical {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(static_cast<Wrap<T>>(a) >> (static_cast<Wrap<T>>(b) & kCountMask<T>));
  }
};
struct MulHigh {
  static int32_t apply(int32_t a, int32_t b) {
    const uint64_t product =
        static_cast<uint64_t>(static_cast<uint32_t>(a)) * static_cast<uint32_t>(b);
    return static_cast<int32_t>(static_cast<uint32_t>(product >> 32));
  }
};
struct Scale {
  static float apply(float x, int32_t n) {
    n = n < -252 ? -252 : n;
    return scale(F32(x), I32(n > 254 ? 254 : n)).v;
  }
  static double apply(double x, int32_t n) {
    n = n < -2044 ? -2044 : n;
    return scale(F64(x), I32(n > 2046 ? 2046 : n)).v;
  }
};

struct Neg {
  template <class T>
  static T apply(T a) {
    if constexpr (kIsFloat<T>)
      return -a;
    else
      return static_cast<T>(0 - static_cast<Wrap<T>>(a));
  }
};
struct Abs {
  static float apply(float a) { return __builtin_fabsf(a); }
  static double apply(double a) { return __builtin_fabs(a); }
  static uint8_t apply(uint8_t a) { return a; }
  template <class T>
  static T apply(T a) {
    return a < 0 ? Neg::apply(a) : a;
  }
};
struct Sqrt {
  static float apply(float a) { return __builtin_sqrtf(a); }
  static double apply(double a) { return __builtin_sqrt(a); }
};
struct Floor {
  static float apply(float a) { return __builtin_floorf(a); }
  static double apply(double a) { return __builtin_floor(a); }
};
struct Ceil {
  static float apply(float a) { return __builtin_ceilf(a); }
  static double apply(double a) { return __builtin_ceil(a); }
};
struct Rint {
  static float apply(float a) { return __builtin_rintf(a); }
  static double apply(double a) { return __builtin_rint(a); }
};
struct Trunc {
  static float apply(float a) { return __builtin_truncf(a); }
  static double apply(double a) { return __builtin_trunc(a); }
};
struct Not {
  template <class T>
  static T apply(T a) {
    return static_cast<T>(~a);
  }
};
struct NotBool {
  static uint8_t apply(uint8_t a) { return a ^ 1; }
};
struct Fma {
  static float apply(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  static double apply(double a, double b, double c) { return __builtin_fma(a, b, c); }
};
struct Select {
  template <class T>
  static T apply(uint8_t condition, T a, T b) {
    return condition != 0 ? a : b;
  }
};

// A bool's storage, told apart from uint8.
struct BoolByte {
  uint8_t v;
};

template <class To, class From>
inline To converted(From x) {
  if constexpr (kIsFloat<From> && sizeof(To) == 1)
    return static_cast<To>(static_cast<int32_t>(x));
  else
    return static_cast<To>(x);
}
template <class To>
struct Convert {
  template <class From>
  static To apply(From x) {
    if constexpr (__is_same(From, BoolByte)) {
      if constexpr (__is_same(To, BoolByte))
        return x;
      else
        return static_cast<To>(x.v);
    } else if constexpr (__is_same(To, BoolByte)) {
      return {static_cast<uint8_t>(x != 0)};
    } else {
      return converted<To>(x);
    }
  }
};

}  // namespace
}  // namespace reckon::kernels
