// SPDX-License-Identifier: Apache-2.0
// Whether any or all of several bools are true.
#include <reckon/math.h>
#include <reckon/reduce.h>

#include "ops/reduce/reduction.h"

namespace reckon::ops {
namespace {

const DefinedOp<ReduceOptions> reduce_any_op = define<ReduceOptions>({
    .name = "ReduceAny",
    .inputs = {{"x", kBooleans}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = infer_reduction,
    .reduce = kernels::ReduceKind::kAny,
});

const DefinedOp<ReduceOptions> reduce_all_op = define<ReduceOptions>({
    .name = "ReduceAll",
    .inputs = {{"x", kBooleans}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = infer_reduction,
    .reduce = kernels::ReduceKind::kAll,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor reduce_any(Operand x, const Axes& axes, ReduceFlags flags) {
  return ops::reduce(ops::reduce_any_op, x, axes, flags);
}
Tensor reduce_all(Operand x, const Axes& axes, ReduceFlags flags) {
  return ops::reduce(ops::reduce_all_op, x, axes, flags);
}

}  // namespace reckon
