// SPDX-License-Identifier: Apache-2.0
// The guards are ops of their own, not a where around the product: where would also cut off what
// the second gradient owes to a gradient that just happens to be 0, as at a minimum.
#include "ops/gradient_flow.h"

#include <cmath>

#include <reckon/math.h>
#include "graph/core_ops.h"
#include "graph/function.h"
#include "ops/define.h"
#include "ops/shape/reshape.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> zero_product_op = define<NoOptions>({
    .name = "ZeroProduct",
    .inputs = {{"a", kFloating}, {"b", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.needs(0) ? zero_product(b.grad(), b.input(1)) : Tensor(),
              b.needs(1) ? zero_product(b.input(0), b.grad()) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr a, Expr b) { return select(a == 0 || b == 0, 0, a * b); },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> flow_over_op = define<NoOptions>({
    .name = "FlowOver",
    .inputs = {{"grad", kFloating}, {"divisor", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor& divisor = b.input(1);
      return {b.needs(0) ? flow_over(b.grad(), divisor) : Tensor(),
              b.needs(1) ? zero_product(b.grad(), flow_over(-b.output(), divisor)) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr grad,
                  Expr divisor) { return select(grad == 0, 0, grad / divisor); },
});

/// The one number that all elements are, if the trace knows it; else NaN.
double known_number(const Tensor& x) {
  const graph::Node* node = &x.function()->node(x.id());
  while (node->op == &broadcast_to_op.def() || node->op == &broadcast_like_op.def() ||
         node->op == &reshape_op.def() || node->op == &reshape_like_op.def())
    node = &x.function()->node(node->inputs[0]);
  if (!graph::is_constant(*node)) return NAN;
  const Array& value = graph::constant_value(*node);
  return value.num_elements() == 1 ? value.item<double>() : NAN;
}

bool is_known_nonzero(const Tensor& x) { return std::abs(known_number(x)) > 0; }

}  // namespace

Tensor flow_times(const Tensor& grad, const Tensor& slope) {
  const bool needs_guard = !is_known_nonzero(grad) && !std::isfinite(known_number(slope));
  return needs_guard ? multiply_no_nan(slope, grad) : grad * slope;
}

Tensor flow_over(const Tensor& grad, const Tensor& divisor) {
  const bool needs_guard = !is_known_nonzero(grad) && !is_known_nonzero(divisor);
  return needs_guard ? flow_over_op({grad, divisor}) : grad / divisor;
}

Tensor zero_product(const Tensor& a, const Tensor& b) { return zero_product_op({a, b}); }

}  // namespace reckon::ops
