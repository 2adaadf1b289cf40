// SPDX-License-Identifier: Apache-2.0
// maximum, minimum and clip_by_value. The whole gradient of a tie goes to the first operand.
#include <reckon/math.h>

#include "base/check.h"
#include "graph/trace.h"
#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

/// The gradient of a choice between the operands; `is_first` holds where the first was chosen.
Tensors choice_gradient(const Backward& b, const Tensor& is_first) {
  return {b.needs(0) ? where(is_first, b.grad(), 0) : Tensor(),
          b.needs(1) ? where(is_first, 0, b.grad()) : Tensor()};
}

const DefinedOp<NoOptions> maximum_op = define<NoOptions>({
    .name = "Maximum",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return choice_gradient(b, b.input(0) >= b.input(1));
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return max(x, y); },
});

const DefinedOp<NoOptions> minimum_op = define<NoOptions>({
    .name = "Minimum",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return choice_gradient(b, b.input(0) <= b.input(1));
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return min(x, y); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor maximum(Operand a, Operand b) { return ops::maximum_op({a, b}); }
Tensor minimum(Operand a, Operand b) { return ops::minimum_op({a, b}); }

Tensor clip_by_value(Operand x, Operand lowest, Operand highest) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  const Tensor clipped = maximum(minimum(value, highest), lowest);
  if (!clipped.is_poison() && clipped.rank() != value.rank()) {
    throw Error(ErrorCode::kInvalidArgument, "clip_by_value",
                base::concat_text("the limits make ", clipped.text(), " of x, ", value.text(),
                                  "; they must broadcast to the shape of x: reshape them"),
                graph::user_place(x.place()));
  }
  return clipped;
}

}  // namespace reckon
