// SPDX-License-Identifier: Apache-2.0
// Tests for NaN and infinity.
#include <reckon/math.h>

#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> is_nan_op = define<NoOptions>({
    .name = "IsNan",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr x) { return is_nan(x); },
});

const DefinedOp<NoOptions> is_inf_op = define<NoOptions>({
    .name = "IsInf",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr x) { return is_inf(x); },
});

const DefinedOp<NoOptions> is_finite_op = define<NoOptions>({
    .name = "IsFinite",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr x) { return is_finite(x); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor is_nan(Operand x) { return ops::is_nan_op({x}); }
Tensor is_inf(Operand x) { return ops::is_inf_op({x}); }
Tensor is_finite(Operand x) { return ops::is_finite_op({x}); }

}  // namespace reckon
