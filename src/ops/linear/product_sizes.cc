// SPDX-License-Identifier: Apache-2.0
#include "ops/linear/product_sizes.h"

#include "base/check.h"
#include "ops/axis.h"

namespace reckon::ops {

int64_t MatrixExtents::batches() const { return count_elements(dims, 0, rank - 2); }

ProductSizes::ProductSizes(const MatmulOptions& options, MatrixExtents a, MatrixExtents b,
                           MatrixExtents c)
    : m(c.dims[c.rank - 2]),
      n(c.dims[c.rank - 1]),
      k(a.dims[a.rank - (options.transpose_a ? 2 : 1)]),
      a_batches(a.batches()),
      b_batches(b.batches()),
      batches(c.batches()) {}

ProductSizes::ProductSizes(const MatmulOptions& options, const KernelCall& call)
    : ProductSizes(options, extents_of(call.inputs[0]), extents_of(call.inputs[1]),
                   extents_of(call.outputs[0])) {}

kernels::GemmSpec product_spec(const MatmulOptions& options, const ProductSizes& sizes,
                               bool is_whole) {
  kernels::GemmSpec spec{.m = sizes.m,
                         .n = sizes.n,
                         .k = sizes.k,
                         .transpose_a = options.transpose_a,
                         .transpose_b = options.transpose_b};
  if (!is_whole) return spec;
  if (sizes.b_batches == 1 && !options.transpose_a && sizes.a_batches == sizes.batches) {
    spec.m *= sizes.batches;  // rows of all matrices are one matrix
    return spec;
  }
  spec.batch = sizes.batches;
  spec.batch_stride_a = sizes.a_batches == 1 ? 0 : sizes.m * sizes.k;
  spec.batch_stride_b = sizes.b_batches == 1 ? 0 : sizes.k * sizes.n;
  spec.batch_stride_c = sizes.m * sizes.n;
  return spec;
}

kernels::Fault check_product(const MatmulOptions& options, const KernelCall& call) {
  const View &a = call.inputs[0], &b = call.inputs[1];
  if (kernels::Fault fault = check_broadcast_dims(a, b, call.outputs[0], 2)) return fault;
  const int64_t k = a.dims[a.rank - (options.transpose_a ? 2 : 1)];
  const int64_t other = b.dims[b.rank - (options.transpose_b ? 1 : 2)];
  if (k == other) return {};
  return kernels::Fault(base::concat_text("inner sizes differ in this batch: ", k, " and ", other,
                                          "; sizes that only the data knows must be equal here"));
}

int64_t source_matrix(int64_t index, MatrixExtents source, MatrixExtents out) {
  int64_t matrix = 0, stride = 1;
  for (int back = 3; back <= out.rank; ++back) {
    const int64_t extent = out.dims[out.rank - back];
    const int64_t coordinate = index % extent;
    index /= extent;
    if (back > source.rank) continue;
    const int64_t own = source.dims[source.rank - back];
    if (own != 1) matrix += coordinate * stride;
    stride *= own;
  }
  return matrix;
}

}  // namespace reckon::ops
