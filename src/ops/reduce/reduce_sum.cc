// SPDX-License-Identifier: Apache-2.0
// Sums, means and counts. Partial sums join in an order that the shape alone decides.
#include <reckon/math.h>
#include <reckon/reduce.h>

#include "graph/trace.h"
#include "ops/gradient_support.h"
#include "ops/reduce/reduction.h"

namespace reckon::ops {
namespace {

const DefinedOp<ReduceOptions> reduce_sum_op = define<ReduceOptions>({
    .name = "ReduceSum",
    .inputs = {{"x", kNumeric}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = infer_reduction,
    .gradient = [](const ReduceOptions& options, const Backward& b) -> Tensors {
      return {broadcast_like(with_reduced_axes(b.grad(), b.input(0), options), b.input(0))};
    },
    .reduce = kernels::ReduceKind::kSum,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor reduce_sum(Operand x, const Axes& axes, ReduceFlags flags) {
  return ops::reduce(ops::reduce_sum_op, x, axes, flags);
}

Tensor reduce_mean(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  const std::vector<int64_t> list = ops::resolve_axes("reduce_mean", value, axes, x.place());
  if (!is_integer(value.dtype())) {
    const Tensor sum = reduce_sum(value, axes, flags);
    if (sum.is_poison() || list.empty()) return sum;
    return divide(sum, ops::extent_product(value, list, value.dtype()));
  }
  // A narrow integer could hold neither the sum nor the count.
  const Tensor sum = reduce_sum(cast(value, kInt64), axes, flags);
  if (list.empty()) return value;
  return cast(truncatediv(sum, ops::extent_product(value, list, kInt64)), value.dtype());
}

Tensor count_nonzero(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  if (value.is_poison()) return value;
  ops::resolve_axes("count_nonzero", value, axes, x.place());
  return reduce_sum(cast(cast(value, kBool), kInt64), axes, flags);
}

}  // namespace reckon
