// SPDX-License-Identifier: Apache-2.0
#include "ops/composed_gradient.h"

namespace reckon::ops {
namespace {

/// The same value as a node of its own. One input of an op may depend on another: through fresh
/// nodes the path between them is not counted, for the walk over the outer graph does that.
const DefinedOp<graph::NoOptions> fresh_op = define<graph::NoOptions>({
    .name = "Fresh",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_same_as_first),
    .gradient = [](const graph::NoOptions&, const Backward& b) -> Tensors { return {b.grad()}; },
    .forward = [](const graph::NoOptions&, expr::Expr x) { return x; },
});

}  // namespace

Tensors composed_gradient(const Backward& b,
                          const std::function<Tensors(const Tensors&)>& composition) {
  Tensors inputs;
  for (const Tensor& input : b.inputs)
    inputs.push_back(is_floating(input.dtype()) ? fresh_op({input}) : input);
  Tensors grads = b.differentiate(composition(inputs), b.grads, inputs);
  for (size_t i = 0; i < grads.size(); ++i) {
    if (!b.needed[i]) grads[i] = Tensor();
  }
  return grads;
}

}  // namespace reckon::ops
