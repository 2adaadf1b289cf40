// SPDX-License-Identifier: Apache-2.0
// Vectors of 32-bit elements, as wide as the instruction set has them, and what chains do with
// them: the operations of element_operations.h, bool being a mask of 32 bits. In an unnamed
// namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "kernels/loop/element_operations.h"

namespace reckon::kernels {
namespace {

inline constexpr int kVectorLanes = kVectorBytes / 4;

using Floats [[gnu::vector_size(kVectorBytes)]] = float;
using Ints [[gnu::vector_size(kVectorBytes)]] = int32_t;
using Counts [[gnu::vector_size(kVectorBytes)]] = uint32_t;

template <>
inline constexpr bool kIsFloat<Floats> = true;

inline Floats as_floats(Ints x) { return reinterpret_cast<Floats>(x); }
inline Ints as_ints(Floats x) { return reinterpret_cast<Ints>(x); }

inline Floats load(const char* from) {
  Floats x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}
inline void store(char* to, Floats x) { __builtin_memcpy(to, &x, sizeof x); }

/// An operation of element_operations.h on the same bits as integers.
template <class Op>
struct OnInts {
  template <class... Operands>
  static Floats apply(Operands... x) {
    return as_floats(Op::apply(as_ints(x)...));
  }
};

/// Arithmetic that wraps: on the same bits as unsigned integers.
template <class Op>
struct OnCounts {
  template <class... Operands>
  static Floats apply(Operands... x) {
    return reinterpret_cast<Floats>(Op::apply(reinterpret_cast<Counts>(x)...));
  }
};
struct VectorAdd {
  template <class V>
  static V apply(V a, V b) {
    return a + b;
  }
};
struct VectorSub {
  template <class V>
  static V apply(V a, V b) {
    return a - b;
  }
};
struct VectorMul {
  template <class V>
  static V apply(V a, V b) {
    return a * b;
  }
};
struct VectorNeg {
  template <class V>
  static V apply(V a) {
    return -a;
  }
};

// The processor's minimum of b and a gives a unless b is less; what is left is NaN in b.
inline Floats less_of(Floats b, Floats a) {
#if defined(__AVX512F__)
  return _mm512_maskz_min_ps(0xffff, b, a);
#elif defined(__AVX2__)
  return _mm256_min_ps(b, a);
#else
  return b < a ? b : a;
#endif
}
inline Floats greater_of(Floats b, Floats a) {
#if defined(__AVX512F__)
  return _mm512_maskz_max_ps(0xffff, b, a);
#elif defined(__AVX2__)
  return _mm256_max_ps(b, a);
#else
  return b > a ? b : a;
#endif
}
struct VectorMin {
  static Floats apply(Floats a, Floats b) { return b != b ? b : less_of(b, a); }
  static Ints apply(Ints a, Ints b) { return b < a ? b : a; }
};
struct VectorMax {
  static Floats apply(Floats a, Floats b) { return b != b ? b : greater_of(b, a); }
  static Ints apply(Ints a, Ints b) { return b > a ? b : a; }
};

struct VectorFma {
  static Floats apply(Floats a, Floats b, Floats c) {
#if defined(__AVX512F__)
    return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
    return _mm256_fmadd_ps(a, b, c);
#else
    for (int i = 0; i < kVectorLanes; ++i) a[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return a;
#endif
  }
};
struct VectorSqrt {
  static Floats apply(Floats a) {
#if defined(__AVX512F__)
    return _mm512_maskz_sqrt_ps(0xffff, a);
#elif defined(__AVX2__)
    return _mm256_sqrt_ps(a);
#else
    for (int i = 0; i < kVectorLanes; ++i) a[i] = __builtin_sqrtf(a[i]);
    return a;
#endif
  }
};
struct VectorAbs {
  static Floats apply(Floats a) { return as_floats(as_ints(a) & INT32_MAX); }
};

// Comparisons give masks; those of float and of int32 are told apart by the wrapper.
struct VectorLess {
  static Floats apply(Floats a, Floats b) { return as_floats(a < b); }
  static Ints apply(Ints a, Ints b) { return a < b; }
};
struct VectorLessEqual {
  static Floats apply(Floats a, Floats b) { return as_floats(a <= b); }
  static Ints apply(Ints a, Ints b) { return a <= b; }
};
struct VectorEqual {
  static Floats apply(Floats a, Floats b) { return as_floats(a == b); }
  static Ints apply(Ints a, Ints b) { return a == b; }
};
struct VectorNotEqual {
  static Floats apply(Floats a, Floats b) { return as_floats(a != b); }
  static Ints apply(Ints a, Ints b) { return a != b; }
};
struct VectorSelect {
  static Floats apply(Floats mask, Floats a, Floats b) {
#if defined(__AVX512F__)
    constexpr int kChoice = 0xca;  // the truth table of mask ? a : b
    return reinterpret_cast<Floats>(
        _mm512_ternarylogic_epi32(reinterpret_cast<__m512i>(mask), reinterpret_cast<__m512i>(a),
                                  reinterpret_cast<__m512i>(b), kChoice));
#elif defined(__AVX2__)
    return _mm256_blendv_ps(b, a, mask);
#else
    return as_floats((as_ints(mask) & as_ints(a)) | (~as_ints(mask) & as_ints(b)));
#endif
  }
};

struct VectorNot {
  static Ints apply(Ints a) { return ~a; }
};
struct VectorShiftLeft {
  static Ints apply(Ints a, Ints b) {
    return reinterpret_cast<Ints>(reinterpret_cast<Counts>(a) << reinterpret_cast<Counts>(b & 31));
  }
};
struct VectorShiftRight {
  static Ints apply(Ints a, Ints b) { return a >> (b & 31); }
};
struct VectorShiftRightLogical {
  static Ints apply(Ints a, Ints b) {
    return reinterpret_cast<Ints>(reinterpret_cast<Counts>(a) >> reinterpret_cast<Counts>(b & 31));
  }
};

struct VectorCopy {
  static Floats apply(Floats a) { return a; }
};
struct IntsToFloats {
  static Floats apply(Floats a) { return __builtin_convertvector(as_ints(a), Floats); }
};
struct FloatsToInts {
  static Floats apply(Floats a) { return as_floats(__builtin_convertvector(a, Ints)); }
};
struct MasksToFloats {
  static Floats apply(Floats a) { return as_floats(as_ints(a) & 0x3f800000); }
};
struct MasksToInts {
  static Floats apply(Floats a) { return as_floats(as_ints(a) & 1); }
};
struct FloatsToMasks {
  static Floats apply(Floats a) { return as_floats(a != 0.0f); }
};
struct IntsToMasks {
  static Floats apply(Floats a) { return as_floats(as_ints(a) != 0); }
};

inline Floats masks_of_bytes(const char* from) {
  Ints wide;
#if defined(__AVX512F__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  wide = reinterpret_cast<Ints>(_mm512_maskz_cvtepu8_epi32(0xffff, bytes));
#elif defined(__AVX2__)
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
  wide = reinterpret_cast<Ints>(_mm256_cvtepu8_epi32(bytes));
#else
  for (int i = 0; i < kVectorLanes; ++i) wide[i] = from[i];
#endif
  return as_floats(-wide);
}
inline void store_bytes_of_masks(char* to, Floats masks) {
  const Ints bits = as_ints(masks) & 1;
#if defined(__AVX512F__)
  const __m128i bytes = _mm512_maskz_cvtepi32_epi8(0xffff, reinterpret_cast<__m512i>(bits));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
#else
  for (int i = 0; i < kVectorLanes; ++i) to[i] = static_cast<char>(bits[i]);
#endif
}

}  // namespace
}  // namespace reckon::kernels
