// SPDX-License-Identifier: Apache-2.0
// AssignBroadcast: the new value of a variable, broadcast to the variable's shape. Made by plans only.
#include "ops/define.h"

namespace reckon::ops {
namespace {

const DefinedOp<graph::NoOptions> assign_broadcast_op = define<graph::NoOptions>({
    .name = "AssignBroadcast",
    .inputs = {{"variable", kComputed}, {"value", kComputed}},
    .infer = rule(infer_same_as_first),
    .forward = [](const graph::NoOptions&, expr::Expr, expr::Expr value) { return value; },
});

}  // namespace
}  // namespace reckon::ops
