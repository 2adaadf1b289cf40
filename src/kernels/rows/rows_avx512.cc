// SPDX-License-Identifier: Apache-2.0
// The row kernels with one AVX-512 register for the sixteen lanes.
#include <immintrin.h>

#include "kernels/rows/row_loops.h"

// GCC 12 takes the undefined operands inside its own intrinsics for a mistake of ours.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

namespace reckon::kernels {
namespace {

struct Machine512 {
  static constexpr int kLanes = 16;
  using Float = float __attribute__((vector_size(64)));
  using Int = int32_t __attribute__((vector_size(64)));

  static __mmask16 mask(int lanes) { return static_cast<__mmask16>((1u << lanes) - 1); }
  static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static Float rint(Float a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static Float load(const float* at) { return _mm512_loadu_ps(at); }
  static void store(float* at, Float a) { _mm512_storeu_ps(at, a); }
  static Float load(const float* at, int lanes, Float pad) {
    return _mm512_mask_loadu_ps(pad, mask(lanes), at);
  }
  static void store(float* at, int lanes, Float a) { _mm512_mask_storeu_ps(at, mask(lanes), a); }
  static Float keep(Float a, int lanes) { return _mm512_maskz_mov_ps(mask(lanes), a); }

  static float sum(Float a) {
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return two[0] + two[1];
  }
  // The larger, and the second if either is NaN: what `a > b ? a : b` gives.
  static float max(Float a) {
    const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return two[0] > two[1] ? two[0] : two[1];
  }
};

}  // namespace

RowKernels row_kernels_avx512() { return RowLoops<Machine512>::kernels(); }

}  // namespace reckon::kernels
