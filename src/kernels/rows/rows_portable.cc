// SPDX-License-Identifier: Apache-2.0
// The row kernels in plain C++: four vectors of four lanes.
#include <cmath>

#include "kernels/rows/row_loops.h"

namespace reckon::kernels {
namespace {

struct MachinePortable {
  static constexpr int kLanes = 4;
  using Float = float __attribute__((vector_size(16)));
  using Int = int32_t __attribute__((vector_size(16)));

  static Float fma(Float a, Float b, Float c) {
    for (int i = 0; i < kLanes; ++i) c[i] = std::fma(a[i], b[i], c[i]);
    return c;
  }
  static Float rint(Float a) {
    for (int i = 0; i < kLanes; ++i) a[i] = std::nearbyint(a[i]);
    return a;
  }
  static Float load(const float* at) { return load(at, kLanes, Float{}); }
  static void store(float* at, Float a) { store(at, kLanes, a); }
  static Float load(const float* at, int lanes, Float pad) {
    for (int i = 0; i < lanes; ++i) pad[i] = at[i];
    return pad;
  }
  static void store(float* at, int lanes, Float a) {
    for (int i = 0; i < lanes; ++i) at[i] = a[i];
  }
  static Float keep(Float a, int lanes) {
    for (int i = lanes; i < kLanes; ++i) a[i] = 0.0f;
    return a;
  }
  static float sum(Float a) { return (a[0] + a[2]) + (a[1] + a[3]); }
  static float larger(float a, float b) { return a > b ? a : b; }
  static float max(Float a) { return larger(larger(a[0], a[2]), larger(a[1], a[3])); }
};

}  // namespace

RowKernels row_kernels_portable() { return RowLoops<MachinePortable>::kernels(); }

}  // namespace reckon::kernels
