// SPDX-License-Identifier: Apache-2.0
// SigmoidCrossEntropy: cross entropy of independent probabilities, without overflow, element by
// element.
#include <reckon/nn.h>
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/exact_slopes.h"
#include "ops/gradient_flow.h"
#include "ops/network/label_mend.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> sigmoid_cross_entropy_op = define<NoOptions>({
    .name = "SigmoidCrossEntropy",
    .inputs = {{"logits", kFloating}, {"labels", kFloating}},
    .infer = [](const NoOptions&, const graph::InferContext& context) -> graph::Types {
      base::require(may_be_equal(context.shape(0), context.shape(1)),
                    "sigmoid_cross_entropy_with_logits", "labels is ",
                    graph::type_text(context.inputs[1]), ", logits is ",
                    graph::type_text(context.inputs[0]),
                    "; both need one shape: give the last layer as many units as a label has "
                    "numbers, or reshape "
                    "the labels");
      return infer_elementwise(context);
    },
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &label = b.input(1);
      return {b.needs(0) ? flow_times(b.grad(), sigmoid_excess(x, label)) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), -x) : Tensor()};
    },
    // log(1 + exp(x)) - x * label, with the exponent never positive and, for a label in [0, 1], of
    // two terms that are not negative. A logit of -inf costs a label of 0 nothing; a logit of +inf
    // gives NaN, as in TensorFlow.
    .forward =
        [](const NoOptions&, Expr x, Expr label) {
          const Expr left = select(label == 0, 0, -x * label);
          return select(x > 0, x * (1 - label) + x * 0, left) + log1p(exp(-abs(x)));
        },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor sigmoid_cross_entropy_with_logits(Operand labels, Operand logits) {
  return ops::at_place(labels.place(), [&] {
    const Tensor scores = logits.resolve(), wanted = labels.resolve();
    ops::require_logits("sigmoid_cross_entropy_with_logits", wanted, scores);
    return ops::sigmoid_cross_entropy_op({scores, wanted});
  });
}

}  // namespace reckon::nn
