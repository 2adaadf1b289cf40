// SPDX-License-Identifier: Apache-2.0
// SigmoidCrossEntropy: cross entropy of independent probabilities, without overflow, element by
// element.
#include <reckon/nn.h>
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> sigmoid_cross_entropy_op = define<NoOptions>({
    .name = "SigmoidCrossEntropy",
    .inputs = {{"logits", kFloating}, {"labels", kFloating}},
    .infer = [](const NoOptions&, const graph::InferContext& context) -> graph::Types {
      base::require(
          may_be_equal(context.shape(0), context.shape(1)), "sigmoid_cross_entropy_with_logits",
          "labels is ", graph::type_text(context.inputs[1]), ", logits is ",
          graph::type_text(context.inputs[0]), "; both need one shape: reshape one of them");
      return infer_elementwise(context);
    },
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &label = b.input(1);
      return {b.needs(0) ? (nn::sigmoid(x) - label) * b.grad() : Tensor(),
              b.needs(1) ? -x * b.grad() : Tensor()};
    },
    // log(1 + exp(x)) - x * label, with the exponent never positive.
    .forward = [](const NoOptions&, Expr x,
                  Expr label) { return max(x, 0) - x * label + log1p(exp(-abs(x))); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor sigmoid_cross_entropy_with_logits(Operand labels, Operand logits) {
  return ops::at_place(labels.place(), [&] {
    return ops::sigmoid_cross_entropy_op({logits, labels});
  });
}

}  // namespace reckon::nn
