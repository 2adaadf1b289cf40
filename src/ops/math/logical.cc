// SPDX-License-Identifier: Apache-2.0
// Logic of bools. Both sides are always computed.
#include <reckon/math.h>

#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> logical_and_op = define<NoOptions>({
    .name = "LogicalAnd",
    .inputs = {{"a", kBooleans}, {"b", kBooleans}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a && b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> logical_or_op = define<NoOptions>({
    .name = "LogicalOr",
    .inputs = {{"a", kBooleans}, {"b", kBooleans}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a || b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> logical_xor_op = define<NoOptions>({
    .name = "LogicalXor",
    .inputs = {{"a", kBooleans}, {"b", kBooleans}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a != b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> logical_not_op = define<NoOptions>({
    .name = "LogicalNot",
    .inputs = {{"x", kBooleans}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr x) { return !x; },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor logical_and(Operand a, Operand b) { return ops::logical_and_op({a, b}); }
Tensor logical_or(Operand a, Operand b) { return ops::logical_or_op({a, b}); }
Tensor logical_xor(Operand a, Operand b) { return ops::logical_xor_op({a, b}); }
Tensor logical_not(Operand x) { return ops::logical_not_op({x}); }

Tensor operator&&(Operand a, Operand b) { return logical_and(a, b); }
Tensor operator||(Operand a, Operand b) { return logical_or(a, b); }
Tensor operator!(Operand x) { return logical_not(x); }

}  // namespace reckon
