// SPDX-License-Identifier: Apache-2.0
// The logistic function, its logarithm, softplus, and the activations that are x times a gate.
#include <reckon/activations.h>

#include <reckon/math.h>
#include "graph/trace.h"
#include "ops/define.h"
#include "ops/exact_slopes.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> sigmoid_op = define<NoOptions>({
    .name = "Sigmoid",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), sigmoid_slope(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return sigmoid(x); },
});

const DefinedOp<NoOptions> log_sigmoid_op = define<NoOptions>({
    .name = "LogSigmoid",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), nn::sigmoid(-b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return -softplus(-x); },
});

const DefinedOp<NoOptions> softplus_op = define<NoOptions>({
    .name = "Softplus",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), nn::sigmoid(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return softplus(x); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor sigmoid(Operand x) { return ops::sigmoid_op({x}); }
Tensor log_sigmoid(Operand x) { return ops::log_sigmoid_op({x}); }
Tensor softplus(Operand x) { return ops::softplus_op({x}); }

Tensor silu(Operand x) { return Silu{}(x); }

Tensor Silu::operator()(Operand x) const {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  return value * sigmoid(beta == 1 ? value : beta * value);
}

Tensor mish(Operand x) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  return value * reckon::tanh(softplus(value));
}

}  // namespace reckon::nn
