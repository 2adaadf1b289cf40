// SPDX-License-Identifier: Apache-2.0
// TopK: the k largest elements of each row, with their positions.
#include <utility>

#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "kernels/move/extremes.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/rows/gather.h"

namespace reckon::ops {
namespace {

constexpr DTypeSet kRanked = {kFloat32, kFloat64, kInt8,   kInt16,  kInt32,
                               kInt64,   kUInt8,   kUInt16, kUInt32, kUInt64};

struct TopKOptions {
  int64_t k = 1;
};

graph::Types infer_top_k(const TopKOptions& options, const graph::InferContext& context) {
  const graph::TensorType& x = context.inputs[0];
  base::require(x.shape.rank() > 0, "top_k", "x is ", graph::type_text(x),
                ", expected one dimension or more; ", "reshape it to [1]");
  const int64_t columns = context.bound(x.shape[-1]);
  base::require(options.k >= 0 || columns != kUnknown, "top_k", "k is ", options.k, " but x is ",
                graph::type_text(x), "; pass 0 or more");
  base::require(options.k >= 0 && (columns == kUnknown || options.k <= columns), "top_k", "k is ",
                options.k, " but x is ", graph::type_text(x), "; pass k in [0, ", columns, "]");
  base::require(columns == kUnknown || std::in_range<int32_t>(columns), "top_k", "x is ",
                graph::type_text(x),
                ", whose rows are longer than its int32 indices count; split them");
  Shape shape = x.shape;
  shape.set(-1, options.k);
  return {{x.dtype, shape}, {kInt32, shape}};
}

template <class T>
Kernel top_k_kernel(int64_t k, const KernelSpec& spec) {
  const int64_t columns = spec.bound(spec.inputs[0].shape)[-1];
  return {[k](const KernelCall& call) {
            const View& x = call.inputs[0];
            const int64_t width = x.dims[x.rank - 1];
            if (width < k) {
              return kernels::Fault(base::concat_text(
                  "a row has ", width, " elements in this batch, fewer than k, ", k, "; lower k"));
            }
            kernels::top_k_rows(call.in<T>(0), call.out<T>(0), call.out<int32_t>(1),
                                count_elements(x.dims, 0, x.rank - 1), width, k,
                                static_cast<int32_t*>(call.scratch));
            return kernels::Fault();
          },
          static_cast<size_t>(columns) * sizeof(int32_t)};
}

const DefinedOp<TopKOptions> top_k_op = define<TopKOptions>({
    .name = "TopK",
    .inputs = {{"x", kRanked}},
    .attributes = {{"k", &TopKOptions::k}},
    .infer = infer_top_k,
    .gradient = [](const TopKOptions&, const Backward& b) -> Tensors {
      // values = gather(x, indices) along the last axis, every other dimension a batch.
      const int last = b.input(0).rank() - 1;
      if (!b.grad(0).valid()) return {Tensor()};
      return {
          gather_gradient(b.grad(0), b.output(1), b.input(0), {.axis = last, .batch_dims = last})};
    },
    .kernel =
        [](const TopKOptions& options, const KernelSpec& spec) {
          return with_number(spec.inputs[0].dtype, [&]<class T>(std::type_identity<T>) {
            return top_k_kernel<T>(options.k, spec);
          });
        },
    .output_count = 2,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

TopK top_k(Operand x, Integer k) {
  const Tensors outputs = ops::top_k_op.all({x}, {k});
  return {outputs[0], outputs[1]};
}

}  // namespace reckon
