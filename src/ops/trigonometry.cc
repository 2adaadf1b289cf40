// SPDX-License-Identifier: Apache-2.0
// Functions of angles and their inverses, in radians.
#include <reckon/math_ops.h>

#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> sin_op = define<NoOptions>({
    .name = "Sin",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad() * cos(b.input(0))};
    },
    .forward = [](const NoOptions&, Expr x) { return sin(x); },
});

const DefinedOp<NoOptions> cos_op = define<NoOptions>({
    .name = "Cos",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {-b.grad() * sin(b.input(0))};
    },
    .forward = [](const NoOptions&, Expr x) { return cos(x); },
});

const DefinedOp<NoOptions> tan_op = define<NoOptions>({
    .name = "Tan",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad() / square(cos(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return tan(x); },
});

/// sqrt(1 - x^2), exact near 1.
Tensor other_leg(const Tensor& x) { return sqrt((1 - x) * (1 + x)); }

const DefinedOp<NoOptions> asin_op = define<NoOptions>({
    .name = "Asin",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad() / other_leg(b.input(0))};
    },
    .forward = [](const NoOptions&, Expr x) { return asin(x); },
});

const DefinedOp<NoOptions> acos_op = define<NoOptions>({
    .name = "Acos",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {-b.grad() / other_leg(b.input(0))};
    },
    .forward = [](const NoOptions&, Expr x) { return acos(x); },
});

const DefinedOp<NoOptions> atan_op = define<NoOptions>({
    .name = "Atan",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad() / (1 + square(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return atan(x); },
});

/// Arithmetic takes subnormal numbers for 0. Their bits as integers are those numbers, all scaled
/// alike.
Expr scaled_subnormal(Expr x) {
  const bool is_narrow = x.lane() == expr::Lane::kFloat32;
  const Expr bits = bitcast(x, is_narrow ? expr::Lane::kInt32 : expr::Lane::kInt64);
  const Expr magnitude =
      convert(is_narrow ? bits & 0x7fffffff : bits & 0x7fffffffffffffff, x.lane());
  return select(bits < 0, -magnitude, magnitude);
}

/// The angle depends on the ratio alone, which two subnormal numbers have too.
Expr angle(Expr y, Expr x) {
  const Expr are_tiny = y == 0 && x == 0;
  return atan2(select(are_tiny, scaled_subnormal(y), y), select(are_tiny, scaled_subnormal(x), x));
}

const DefinedOp<NoOptions> atan2_op = define<NoOptions>({
    .name = "Atan2",
    .inputs = {{"y", kFloating}, {"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &y = b.input(0), &x = b.input(1);
      const Tensor scaled = b.grad() / (square(x) + square(y));
      return {x * scaled, b.needs(1) ? -y * scaled : Tensor()};
    },
    .forward = [](const NoOptions&, Expr y, Expr x) { return angle(y, x); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor sin(Operand x) { return ops::sin_op({x}); }
Tensor cos(Operand x) { return ops::cos_op({x}); }
Tensor tan(Operand x) { return ops::tan_op({x}); }
Tensor asin(Operand x) { return ops::asin_op({x}); }
Tensor acos(Operand x) { return ops::acos_op({x}); }
Tensor atan(Operand x) { return ops::atan_op({x}); }
Tensor atan2(Operand y, Operand x) { return ops::atan2_op({y, x}); }

}  // namespace reckon
