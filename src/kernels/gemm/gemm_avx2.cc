// SPDX-License-Identifier: Apache-2.0
// Matrix product tiles of 6 rows by 16 columns: 12 of the 16 AVX2 registers accumulate.
#include <immintrin.h>

#include "kernels/gemm/gemm_tiles.h"

namespace reckon::kernels {
namespace {

alignas(64) constexpr int32_t kMaskWindow[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

struct Vector256 {
  using Reg = __m256;
  using Mask = __m256i;
  static constexpr int kLanes = 8, kTileRows = 6;
  static constexpr int kVectorsOfOneRow = 8, kVectorsOfTwoRows = 4;

  static Mask mask(int64_t lanes) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kMaskWindow + 8 - lanes));
  }
  static Reg zero() { return _mm256_setzero_ps(); }
  static Reg load(const float* at) { return _mm256_loadu_ps(at); }
  static Reg load(const float* at, Mask mask) { return _mm256_maskload_ps(at, mask); }
  static void store(float* at, Reg value) { _mm256_storeu_ps(at, value); }
  // A masked store is slow on AMD: only where lanes are missing.
  static void store(float* at, Reg value, Mask mask, int lanes) {
    lanes == kLanes ? _mm256_storeu_ps(at, value) : _mm256_maskstore_ps(at, mask, value);
  }
  static Reg broadcast(const float* at) { return _mm256_broadcast_ss(at); }
  static Reg fma(Reg a, Reg b, Reg c) { return _mm256_fmadd_ps(a, b, c); }
  static Reg add(Reg a, Reg b) { return _mm256_add_ps(a, b); }
  // The second operand wins when either is NaN, and for zeros of either sign.
  static Reg relu(Reg a) { return _mm256_max_ps(_mm256_setzero_ps(), a); }

  /// out[c] lane r = source[r, c]; missing rows are 0.
  [[gnu::always_inline]] static void transpose(const float* source, int64_t stride, int rows,
                                               int columns, Reg* out) {
    Reg in[8], pairs[8], quads[8];
    const Mask valid = mask(columns);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) in[i] = i < rows ? load(source + i * stride, valid) : zero();
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      pairs[2 * i] = _mm256_unpacklo_ps(in[2 * i], in[2 * i + 1]);
      pairs[2 * i + 1] = _mm256_unpackhi_ps(in[2 * i], in[2 * i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      const Reg* p = pairs + 4 * i;
      quads[4 * i] = _mm256_shuffle_ps(p[0], p[2], 0x44);
      quads[4 * i + 1] = _mm256_shuffle_ps(p[0], p[2], 0xee);
      quads[4 * i + 2] = _mm256_shuffle_ps(p[1], p[3], 0x44);
      quads[4 * i + 3] = _mm256_shuffle_ps(p[1], p[3], 0xee);
    }
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      out[c] = _mm256_permute2f128_ps(quads[c], quads[4 + c], 0x20);
      out[4 + c] = _mm256_permute2f128_ps(quads[c], quads[4 + c], 0x31);
    }
  }
};

}  // namespace

GemmCode gemm_code_avx2() {
  using Tiles = GemmTiles<Vector256>;
  return {Vector256::kLanes, Vector256::kTileRows, &Tiles::region,
          &Tiles::transpose, &Tiles::pack,         &Tiles::panel_width};
}

}  // namespace reckon::kernels
