// SPDX-License-Identifier: Apache-2.0
// Largest and smallest elements. Elements that share the extreme share its gradient evenly.
#include <reckon/math.h>
#include <reckon/reduce.h>

#include "ops/gradient_flow.h"
#include "ops/reduce/reduction.h"

namespace reckon::ops {
namespace {

Tensors extreme_gradient(const ReduceOptions& options, const Backward& b) {
  const Tensor& x = b.input(0);
  const Tensor is_extreme = cast(equal(x, with_reduced_axes(b.output(), x, options)), x.dtype());
  const Tensor count = reduce_sum(is_extreme, options.axes, {.keep_dims = true});
  return {flow_times(with_reduced_axes(b.grad(), x, options), is_extreme / count)};
}

const DefinedOp<ReduceOptions> reduce_max_op = define<ReduceOptions>({
    .name = "ReduceMax",
    .inputs = {{"x", kNumeric}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = infer_reduction,
    .gradient = extreme_gradient,
    .reduce = kernels::ReduceKind::kMax,
});

const DefinedOp<ReduceOptions> reduce_min_op = define<ReduceOptions>({
    .name = "ReduceMin",
    .inputs = {{"x", kNumeric}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = infer_reduction,
    .gradient = extreme_gradient,
    .reduce = kernels::ReduceKind::kMin,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor reduce_max(Operand x, const Axes& axes, ReduceFlags flags) {
  return ops::reduce(ops::reduce_max_op, x, axes, flags);
}
Tensor reduce_min(Operand x, const Axes& axes, ReduceFlags flags) {
  return ops::reduce(ops::reduce_min_op, x, axes, flags);
}

}  // namespace reckon
