// SPDX-License-Identifier: Apache-2.0
// The row kernels with two AVX2 registers for the sixteen lanes.
#include <immintrin.h>

#include "kernels/rows/row_loops.h"

namespace reckon::kernels {
namespace {

alignas(64) constexpr int32_t kMaskWindow[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

struct Machine256 {
  static constexpr int kLanes = 8;
  using Float = float __attribute__((vector_size(32)));
  using Int = int32_t __attribute__((vector_size(32)));

  static __m256i mask(int lanes) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kMaskWindow + 8 - lanes));
  }
  static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  static Float rint(Float a) {
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static Float load(const float* at) { return _mm256_loadu_ps(at); }
  static void store(float* at, Float a) { _mm256_storeu_ps(at, a); }
  static Float load(const float* at, int lanes, Float pad) {
    const __m256 valid = _mm256_castsi256_ps(mask(lanes));
    return _mm256_blendv_ps(pad, _mm256_maskload_ps(at, mask(lanes)), valid);
  }
  static void store(float* at, int lanes, Float a) { _mm256_maskstore_ps(at, mask(lanes), a); }
  static Float keep(Float a, int lanes) {
    return _mm256_and_ps(a, _mm256_castsi256_ps(mask(lanes)));
  }

  static float sum(Float a) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return two[0] + two[1];
  }
  // The larger, and the second if either is NaN: what `a > b ? a : b` gives.
  static float max(Float a) {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return two[0] > two[1] ? two[0] : two[1];
  }
};

}  // namespace

RowKernels row_kernels_avx2() { return RowLoops<Machine256>::kernels(); }

}  // namespace reckon::kernels
