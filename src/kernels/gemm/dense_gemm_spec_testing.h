// SPDX-License-Identifier: Apache-2.0
// For tests: the spec of a product of matrices that lie one behind the other, without gaps.
#pragma once

#include "kernels/gemm/gemm.h"

namespace reckon::kernels::testing_support {

/// [batch, m, k] times [batch, k, n]; a transposed operand lies as [k, m] or [n, k].
inline GemmSpec dense_spec(int64_t m, int64_t k, int64_t n, bool transpose_a = false,
                           bool transpose_b = false, int64_t batch = 1) {
  GemmSpec s;
  s.m = m;
  s.n = n;
  s.k = k;
  s.transpose_a = transpose_a;
  s.transpose_b = transpose_b;
  s.batch = batch;
  s.batch_stride_a = m * k;
  s.batch_stride_b = k * n;
  s.batch_stride_c = m * n;
  return s;
}

}  // namespace reckon::kernels::testing_support
