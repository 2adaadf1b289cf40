// SPDX-License-Identifier: Apache-2.0
// The float32 row kernels of one instruction set: what rows.h offers, without its checks.
#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace reckon::kernels {

struct RowKernels {
  void (*softmax)(const float* logits, float* out, int64_t rows, int64_t columns);
  void (*log_softmax)(const float* logits, float* out, int64_t rows, int64_t columns);
  void (*softmax_gradient)(const float* y, const float* grad, float* out, int64_t rows,
                           int64_t columns);
  void (*log_softmax_gradient)(const float* y, const float* grad, float* out, int64_t rows,
                               int64_t columns);
  void (*cross_entropy)(const float* logits, const float* labels, float* loss, float* backprop,
                        int64_t rows, int64_t columns);
  /// Labels are in range. `wide`: int64_t, else int32_t.
  void (*sparse_cross_entropy)(const float* logits, const void* labels, bool wide, float* loss,
                               float* backprop, int64_t rows, int64_t columns);
  void (*logsumexp)(const float* x, float* out, int64_t rows, int64_t columns);
};

RowKernels row_kernels_portable();
RowKernels row_kernels_avx2();
RowKernels row_kernels_avx512();
RowKernels row_kernels(Isa isa);

}  // namespace reckon::kernels
