// SPDX-License-Identifier: Apache-2.0
// Functions of angles and their inverses, in radians.
#include <reckon/math.h>
#include <reckon/shape_ops.h>

#include <cmath>

#include <reckon/graph.h>
#include "ops/define.h"
#include "ops/exact_slopes.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> sin_op = define<NoOptions>({
    .name = "Sin",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), cos(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return sin(x); },
});

const DefinedOp<NoOptions> cos_op = define<NoOptions>({
    .name = "Cos",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(-b.grad(), sin(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return cos(x); },
});

const DefinedOp<NoOptions> tan_op = define<NoOptions>({
    .name = "Tan",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), square(cos(b.input(0))))};
    },
    .forward = [](const NoOptions&, Expr x) { return tan(x); },
});

/// sqrt(1 - x^2), exact near 1.
Tensor other_leg(const Tensor& x) { return sqrt(one_minus_square(x)); }

const DefinedOp<NoOptions> asin_op = define<NoOptions>({
    .name = "Asin",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), other_leg(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return asin(x); },
});

const DefinedOp<NoOptions> acos_op = define<NoOptions>({
    .name = "Acos",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(-b.grad(), other_leg(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return acos(x); },
});

const DefinedOp<NoOptions> atan_op = define<NoOptions>({
    .name = "Atan",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), 1 + square(b.input(0)))};
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

/// A point of the plane times a power of two.
struct Scaled {
  Tensor y, x, factor;
};

/// Far from 1, squares of coordinates would overflow or be 0; the limits leave room for both sides.
Scaled scaled_point(const Tensor& y, const Tensor& x) {
  const int half = y.dtype() == kFloat32 ? 48 : 384;
  const auto power = [](int exponent) { return std::ldexp(1.0, exponent); };
  const Tensor larger = stop_gradient(maximum(abs(x), abs(y)));
  const Tensor one = ones_like(larger);
  const Tensor factor = where(larger < power(-half), one * power(2 * half),
                              where(larger > power(half), one * power(-2 * half), one));
  return {y * factor, x * factor, factor};
}

const DefinedOp<NoOptions> atan2_op = define<NoOptions>({
    .name = "Atan2",
    .inputs = {{"y", kFloating}, {"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Scaled at = scaled_point(b.input(0), b.input(1));
      const Tensor squares = square(at.x) + square(at.y);
      return {flow_times(b.grad(), at.x / squares * at.factor),
              b.needs(1) ? flow_times(-b.grad(), at.y / squares * at.factor) : Tensor()};
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
