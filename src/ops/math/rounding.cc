// SPDX-License-Identifier: Apache-2.0
// Rounding, sign and magnitude. What is constant but for its jumps passes no gradient.
#include <reckon/math.h>

#include "ops/define.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

Tensors stops_here(const NoOptions&, const Backward&) { return {Tensor()}; }

const DefinedOp<NoOptions> floor_op = define<NoOptions>({
    .name = "Floor",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = stops_here,
    .forward = [](const NoOptions&, Expr x) { return floor(x); },
});

const DefinedOp<NoOptions> ceil_op = define<NoOptions>({
    .name = "Ceil",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = stops_here,
    .forward = [](const NoOptions&, Expr x) { return ceil(x); },
});

const DefinedOp<NoOptions> round_op = define<NoOptions>({
    .name = "Round",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = stops_here,
    .forward = [](const NoOptions&, Expr x) { return rint(x); },
});

const DefinedOp<NoOptions> rint_op = define<NoOptions>({
    .name = "Rint",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = stops_here,
    .forward = [](const NoOptions&, Expr x) { return rint(x); },
});

const DefinedOp<NoOptions> sign_op = define<NoOptions>({
    .name = "Sign",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = stops_here,
    .forward = [](const NoOptions&, Expr x) { return sign(x); },
});

const DefinedOp<NoOptions> abs_op = define<NoOptions>({
    .name = "Abs",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), sign(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return abs(x); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor floor(Operand x) { return ops::floor_op({x}); }
Tensor ceil(Operand x) { return ops::ceil_op({x}); }
Tensor round(Operand x) { return ops::round_op({x}); }
Tensor rint(Operand x) { return ops::rint_op({x}); }
Tensor sign(Operand x) { return ops::sign_op({x}); }
Tensor abs(Operand x) { return ops::abs_op({x}); }

}  // namespace reckon
