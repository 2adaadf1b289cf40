// SPDX-License-Identifier: Apache-2.0
// Bits of integers.
#include <reckon/math.h>

#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> bitwise_and_op = define<NoOptions>({
    .name = "BitwiseAnd",
    .inputs = {{"a", kIntegers}, {"b", kIntegers}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a & b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> bitwise_or_op = define<NoOptions>({
    .name = "BitwiseOr",
    .inputs = {{"a", kIntegers}, {"b", kIntegers}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a | b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> bitwise_xor_op = define<NoOptions>({
    .name = "BitwiseXor",
    .inputs = {{"a", kIntegers}, {"b", kIntegers}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a ^ b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> invert_op = define<NoOptions>({
    .name = "Invert",
    .inputs = {{"x", kIntegers}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr x) { return ~x; },
});

/// The count limited to [0, width): a larger one would be taken modulo the width.
Expr bounded_count(Expr count) {
  const int width = 8 * static_cast<int>(expr::lane_size(count.lane()));
  return min(max(count, 0), width - 1);
}

const DefinedOp<NoOptions> left_shift_op = define<NoOptions>({
    .name = "LeftShift",
    .inputs = {{"x", kIntegers}, {"count", kIntegers}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr x, Expr count) { return x << bounded_count(count); },
});

const DefinedOp<NoOptions> right_shift_op = define<NoOptions>({
    .name = "RightShift",
    .inputs = {{"x", kIntegers}, {"count", kIntegers}},
    .infer = rule(infer_elementwise),
    .forward = [](const NoOptions&, Expr x, Expr count) { return x >> bounded_count(count); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor bitwise_and(Operand a, Operand b) { return ops::bitwise_and_op({a, b}); }
Tensor bitwise_or(Operand a, Operand b) { return ops::bitwise_or_op({a, b}); }
Tensor bitwise_xor(Operand a, Operand b) { return ops::bitwise_xor_op({a, b}); }
Tensor invert(Operand x) { return ops::invert_op({x}); }
Tensor left_shift(Operand x, Operand count) { return ops::left_shift_op({x, count}); }
Tensor right_shift(Operand x, Operand count) { return ops::right_shift_op({x, count}); }

}  // namespace reckon
