// SPDX-License-Identifier: Apache-2.0
// Matrix product tiles in plain C++ with std::fma: slow without the instruction, with the same
// bits.
#include <cmath>

#include "kernels/gemm/gemm_tiles.h"

namespace reckon::kernels {
namespace {

struct VectorPortable {
  static constexpr int kLanes = 4, kTileRows = 4;
  static constexpr int kVectorsOfOneRow = 2, kVectorsOfTwoRows = 2;
  struct Reg {
    float lane[kLanes];
  };
  using Mask = int64_t;  // valid lanes

  static Mask mask(int64_t lanes) { return lanes; }
  static Reg zero() { return {}; }
  static Reg load(const float* at) { return load(at, kLanes); }
  static Reg load(const float* at, Mask mask) {
    Reg result = {};
    for (int64_t i = 0; i < mask; ++i) result.lane[i] = at[i];
    return result;
  }
  static void store(float* at, Reg value) { store(at, value, kLanes, kLanes); }
  static void store(float* at, Reg value, Mask mask, int) {
    for (int64_t i = 0; i < mask; ++i) at[i] = value.lane[i];
  }
  static Reg broadcast(const float* at) { return {{*at, *at, *at, *at}}; }
  static Reg fma(Reg a, Reg b, Reg c) {
    for (int i = 0; i < kLanes; ++i) c.lane[i] = std::fma(a.lane[i], b.lane[i], c.lane[i]);
    return c;
  }
  static Reg add(Reg a, Reg b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] += b.lane[i];
    return a;
  }
  static Reg relu(Reg a) {
    for (float& lane : a.lane) lane = 0.0f > lane ? 0.0f : lane;
    return a;
  }
  static void transpose(const float* source, int64_t stride, int rows, int columns, Reg* out) {
    for (int c = 0; c < kLanes; ++c) {
      for (int r = 0; r < kLanes; ++r) {
        out[c].lane[r] = r < rows && c < columns ? source[r * stride + c] : 0.0f;
      }
    }
  }
};

}  // namespace

GemmCode gemm_code_portable() {
  using Tiles = GemmTiles<VectorPortable>;
  return {VectorPortable::kLanes, VectorPortable::kTileRows, &Tiles::region, &Tiles::transpose,
          &Tiles::pack,           &Tiles::panel_width};
}

}  // namespace reckon::kernels
