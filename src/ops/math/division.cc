// SPDX-License-Identifier: Apache-2.0
// Division with remainder. An integer divided by zero is a fault of the loop that computes it.
#include <reckon/math.h>

#include "ops/define.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

/// A quotient is constant but for its jumps.
Tensors no_flow(const NoOptions&, const Backward&) { return {Tensor(), Tensor()}; }

const DefinedOp<NoOptions> floordiv_op = define<NoOptions>({
    .name = "Floordiv",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = no_flow,
    .forward = [](const NoOptions&, Expr x, Expr y) { return floordiv(x, y); },
});

const DefinedOp<NoOptions> floormod_op = define<NoOptions>({
    .name = "Floormod",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad(),
              b.needs(1) ? flow_times(-b.grad(), floordiv(b.input(0), b.input(1))) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return floormod(x, y); },
});

const DefinedOp<NoOptions> truncatediv_op = define<NoOptions>({
    .name = "Truncatediv",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = no_flow,
    .forward = [](const NoOptions&, Expr x, Expr y) { return truncatediv(x, y); },
});

const DefinedOp<NoOptions> truncatemod_op = define<NoOptions>({
    .name = "Truncatemod",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad(),
              b.needs(1) ? flow_times(-b.grad(), truncatediv(b.input(0), b.input(1))) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return truncatemod(x, y); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor floordiv(Operand a, Operand b) { return ops::floordiv_op({a, b}); }
Tensor floormod(Operand a, Operand b) { return ops::floormod_op({a, b}); }
Tensor truncatediv(Operand a, Operand b) { return ops::truncatediv_op({a, b}); }
Tensor truncatemod(Operand a, Operand b) { return ops::truncatemod_op({a, b}); }

}  // namespace reckon
