// SPDX-License-Identifier: Apache-2.0
// The extents of a product of matrices, and which matrices of its batches meet.
#pragma once

#include <cstdint>

#include <reckon/linalg.h>
#include "kernels/gemm/gemm.h"
#include "ops/kernel.h"

namespace reckon::ops {

/// Extents as Views or bounds have them.
struct MatrixExtents {
  const int64_t* dims;
  int rank;
  int64_t batches() const;
};

struct ProductSizes {
  ProductSizes(const MatmulOptions& options, MatrixExtents a, MatrixExtents b, MatrixExtents c);
  /// Of this run.
  ProductSizes(const MatmulOptions& options, const KernelCall& call);
  /// True if the matrices of each operand lie one constant stride apart, or are one.
  bool is_strided() const {
    return (a_batches == 1 || a_batches == batches) && (b_batches == 1 || b_batches == batches);
  }
  int64_t m, n, k;
  int64_t a_batches, b_batches, batches;
};

/// One matrix after the other, or all at once where every batch has a constant stride.
kernels::GemmSpec product_spec(const MatmulOptions& options, const ProductSizes& sizes,
                               bool is_whole);

/// A Fault unless the sizes that only the data know fit each other.
kernels::Fault check_product(const MatmulOptions& options, const KernelCall& call);

/// The matrix of `source` that belongs to matrix number `index` of the broadcast batch `out`.
int64_t source_matrix(int64_t index, MatrixExtents source, MatrixExtents out);

inline MatrixExtents extents_of(const View& view) { return {view.dims, view.rank}; }

/// Calls product(a, b, c) for every matrix of the batch.
template <class T, class F>
void for_matrices(const KernelCall& call, const ProductSizes& sizes, const F& product) {
  const MatrixExtents a = extents_of(call.inputs[0]), b = extents_of(call.inputs[1]),
                      c = extents_of(call.outputs[0]);
  for (int64_t i = 0; i < sizes.batches; ++i) {
    product(call.in<T>(0) + source_matrix(i, a, c) * sizes.m * sizes.k,
            call.in<T>(1) + source_matrix(i, b, c) * sizes.k * sizes.n,
            call.out<T>(0) + i * sizes.m * sizes.n);
  }
}

}  // namespace reckon::ops
