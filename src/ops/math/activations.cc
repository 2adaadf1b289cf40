// SPDX-License-Identifier: Apache-2.0
// Activations that choose between pieces, and those that other ops compose.
#include <reckon/activations.h>

#include <cmath>

#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "graph/trace.h"
#include "ops/define.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

/// From self-normalizing networks: scale, and scale * alpha.
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kSeluScaleAlpha = 1.7580993408473768599402175208123;

const DefinedOp<NoOptions> relu_op = define<NoOptions>({
    .name = "Relu",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {where(b.output() > 0, b.grad(), 0)};
    },
    .forward = [](const NoOptions&, Expr x) { return max(x, 0); },
});

const DefinedOp<NoOptions> relu6_op = define<NoOptions>({
    .name = "Relu6",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {where(b.output() > 0 && b.output() < 6, b.grad(), 0)};
    },
    .forward = [](const NoOptions&, Expr x) { return min(max(x, 0), 6); },
});

const DefinedOp<nn::LeakyRelu> leaky_relu_op = define<nn::LeakyRelu>({
    .name = "LeakyRelu",
    .inputs = {{"x", kFloating}},
    .attributes = {{"slope", &nn::LeakyRelu::slope}},
    .infer = rule<nn::LeakyRelu>(infer_elementwise),
    .gradient = [](const nn::LeakyRelu& options, const Backward& b) -> Tensors {
      return {where(b.input(0) > 0, b.grad(), options.slope * b.grad())};
    },
    .forward = [](const nn::LeakyRelu& options,
                  Expr x) { return select(x > 0, x, options.slope * x); },
});

/// Whether y = exp(x) - 1 is negative. Closer to 0 than a double's rounding it counts as 0, as in
/// TensorFlow.
Tensor is_left(const Tensor& y) { return y < -1e-16; }

// y + 1 would lose the digits of exp(x) for a far x, hence exp.
const DefinedOp<NoOptions> elu_op = define<NoOptions>({
    .name = "Elu",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {where(is_left(b.output()), flow_times(b.grad(), exp(b.input(0))), b.grad())};
    },
    .forward = [](const NoOptions&, Expr x) { return select(x < 0, expm1(x), x); },
});

const DefinedOp<NoOptions> selu_op = define<NoOptions>({
    .name = "Selu",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor left = flow_times(b.grad(), exp(b.input(0))) * kSeluScaleAlpha;
      return {where(is_left(b.output()), left, b.grad() * kSeluScale)};
    },
    .forward = [](const NoOptions&,
                  Expr x) { return select(x < 0, kSeluScaleAlpha * expm1(x), kSeluScale * x); },
});

const DefinedOp<NoOptions> softsign_op = define<NoOptions>({
    .name = "Softsign",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), square(1 + abs(b.input(0))))};
    },
    .forward = [](const NoOptions&, Expr x) { return x / (1 + abs(x)); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor relu(Operand x) { return ops::relu_op({x}); }
Tensor relu6(Operand x) { return ops::relu6_op({x}); }
Tensor leaky_relu(Operand x) { return ops::leaky_relu_op({x}); }
Tensor LeakyRelu::operator()(Operand x) const {
  base::require(std::isfinite(slope), "leaky_relu", "slope is ", slope,
                ", expected a finite number; 0.2 is usual");
  return ops::leaky_relu_op({x}, *this);
}
Tensor elu(Operand x) { return ops::elu_op({x}); }
Tensor selu(Operand x) { return ops::selu_op({x}); }
Tensor softsign(Operand x) { return ops::softsign_op({x}); }
Tensor exponential(Operand x) { return reckon::exp(x); }
Tensor tanh(Operand x) { return reckon::tanh(x); }
Tensor linear(Operand x) { return identity(x); }

Tensor hard_sigmoid(Operand x) {
  const graph::PlaceScope place(x.place());
  return clip_by_value(multiply(x, 0.2) + 0.5, 0, 1);
}

Tensor ThresholdedRelu::operator()(Operand x) const {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  return where(value > theta, value, 0);
}

Tensor prelu(Operand x, Operand slope) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  return where(value > 0, value, multiply(slope, value));
}

}  // namespace reckon::nn
