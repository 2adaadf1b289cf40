// SPDX-License-Identifier: Apache-2.0
// AssignBroadcast: the new value of a variable, broadcast to the variable's shape. Made by plans
// only.
#include "base/check.h"
#include "ops/define.h"

namespace reckon::ops {
namespace {

graph::Types infer_assigned(const graph::InferContext& context) {
  const Shape &variable = context.shape(0), &value = context.shape(1);
  base::require(
      value.rank() <= variable.rank() && broadcast_shapes(variable, value, context) == variable,
      "assign", "the value is ", graph::type_text(context.inputs[1]), ", the variable ",
      graph::type_text(context.inputs[0]), "; give it a value that broadcasts to its shape");
  return {context.inputs[0]};
}

const DefinedOp<graph::NoOptions> assign_broadcast_op = define<graph::NoOptions>({
    .name = "AssignBroadcast",
    .inputs = {{"variable", kComputed}, {"value", kComputed}},
    .infer = rule(infer_assigned),
    .forward = [](const graph::NoOptions&, expr::Expr, expr::Expr value) { return value; },
});

}  // namespace
}  // namespace reckon::ops
