// SPDX-License-Identifier: Apache-2.0
// Matrix product tiles of 14 rows by 32 columns: 28 of the 32 AVX-512 registers accumulate.
#include <immintrin.h>

// GCC 12 takes its own _mm512_undefined_ps(), inside the unpack intrinsics, for a mistake of ours.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include "kernels/gemm/gemm_tiles.h"

namespace reckon::kernels {
namespace {

struct Vector512 {
  using Reg = __m512;
  using Mask = __mmask16;
  static constexpr int kLanes = 16, kTileRows = 14;
  static constexpr int kVectorsOfOneRow = 8, kVectorsOfTwoRows = 4;

  static Mask mask(int64_t lanes) { return static_cast<Mask>((1u << lanes) - 1); }
  static Reg zero() { return _mm512_setzero_ps(); }
  static Reg load(const float* at) { return _mm512_loadu_ps(at); }
  static Reg load(const float* at, Mask mask) { return _mm512_maskz_loadu_ps(mask, at); }
  static void store(float* at, Reg value) { _mm512_storeu_ps(at, value); }
  static void store(float* at, Reg value, Mask mask, int) {
    _mm512_mask_storeu_ps(at, mask, value);
  }
  static Reg broadcast(const float* at) { return _mm512_set1_ps(*at); }
  static Reg fma(Reg a, Reg b, Reg c) { return _mm512_fmadd_ps(a, b, c); }
  static Reg add(Reg a, Reg b) { return _mm512_add_ps(a, b); }
  // The second operand wins when either is NaN, and for zeros of either sign.
  static Reg relu(Reg a) { return _mm512_max_ps(_mm512_setzero_ps(), a); }

  /// out[c] lane r = source[r, c]; missing rows are 0.
  [[gnu::always_inline]] static void transpose(const float* source, int64_t stride, int rows,
                                               int columns, Reg* out) {
    Reg in[16];
    if (rows == 16 && columns == 16) {
#pragma GCC unroll 16
      for (int i = 0; i < 16; ++i) in[i] = load(source + i * stride);
    } else {
      const Mask valid = mask(columns);
#pragma GCC unroll 16
      for (int i = 0; i < 16; ++i) in[i] = i < rows ? load(source + i * stride, valid) : zero();
    }
    Reg pairs[16], quads[16], eights[16];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      pairs[2 * i] = _mm512_unpacklo_ps(in[2 * i], in[2 * i + 1]);
      pairs[2 * i + 1] = _mm512_unpackhi_ps(in[2 * i], in[2 * i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const Reg* p = pairs + 4 * i;
      quads[4 * i] = unpack_low(p[0], p[2]);
      quads[4 * i + 1] = unpack_high(p[0], p[2]);
      quads[4 * i + 2] = unpack_low(p[1], p[3]);
      quads[4 * i + 3] = unpack_high(p[1], p[3]);
    }
    // quads[4 q + c] holds, in 128-bit lane l, rows 4 q … 4 q + 3 of column 4 l + c.
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      eights[c] = _mm512_shuffle_f32x4(quads[c], quads[4 + c], 0x88);
      eights[4 + c] = _mm512_shuffle_f32x4(quads[c], quads[4 + c], 0xdd);
      eights[8 + c] = _mm512_shuffle_f32x4(quads[8 + c], quads[12 + c], 0x88);
      eights[12 + c] = _mm512_shuffle_f32x4(quads[8 + c], quads[12 + c], 0xdd);
    }
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      out[c] = _mm512_shuffle_f32x4(eights[c], eights[8 + c], 0x88);
      out[8 + c] = _mm512_shuffle_f32x4(eights[c], eights[8 + c], 0xdd);
      out[4 + c] = _mm512_shuffle_f32x4(eights[4 + c], eights[12 + c], 0x88);
      out[12 + c] = _mm512_shuffle_f32x4(eights[4 + c], eights[12 + c], 0xdd);
    }
  }

  static Reg unpack_low(Reg a, Reg b) {
    return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
  }
  static Reg unpack_high(Reg a, Reg b) {
    return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
  }
};

}  // namespace

GemmCode gemm_code_avx512() {
  using Tiles = GemmTiles<Vector512>;
  return {Vector512::kLanes, Vector512::kTileRows, &Tiles::region,
          &Tiles::transpose, &Tiles::pack,         &Tiles::panel_width};
}

}  // namespace reckon::kernels
