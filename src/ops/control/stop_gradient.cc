// SPDX-License-Identifier: Apache-2.0
// stop_gradient: the same value, through which no gradient flows. Of integers it is nothing at all.
#include <reckon/graph.h>

#include "ops/define.h"

namespace reckon {
namespace ops {
namespace {

const DefinedOp<graph::NoOptions> stop_gradient_op = define<graph::NoOptions>({
    .name = "StopGradient",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_same_as_first),
    .gradient = [](const graph::NoOptions&, const Backward&) -> Tensors { return {Tensor()}; },
    .forward = [](const graph::NoOptions&, expr::Expr x) { return x; },
});

}  // namespace
}  // namespace ops

Tensor stop_gradient(Operand x) {
  const Tensor value = x.resolve();
  if (!value.is_poison() && !is_floating(value.dtype())) return value;
  return ops::stop_gradient_op({Operand(value, x.place())});
}

}  // namespace reckon
