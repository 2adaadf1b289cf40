// SPDX-License-Identifier: Apache-2.0
// Squares, roots and powers.
#include <reckon/math.h>

#include "ops/define.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> square_op = define<NoOptions>({
    .name = "Square",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    // The factor 2 comes last: 2 x would overflow first.
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), b.input(0)) * 2};
    },
    .forward = [](const NoOptions&, Expr x) { return square(x); },
});

const DefinedOp<NoOptions> squared_difference_op = define<NoOptions>({
    .name = "SquaredDifference",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor grad = flow_times(b.grad(), b.input(0) - b.input(1)) * 2;
      return {grad, b.needs(1) ? -grad : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return square(x - y); },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> reciprocal_op = define<NoOptions>({
    .name = "Reciprocal",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(flow_times(-b.grad(), b.output()), b.output())};
    },
    .forward = [](const NoOptions&, Expr x) { return reciprocal(x); },
});

const DefinedOp<NoOptions> sqrt_op = define<NoOptions>({
    .name = "Sqrt",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad() * 0.5, b.output())};
    },
    .forward = [](const NoOptions&, Expr x) { return sqrt(x); },
});

const DefinedOp<NoOptions> rsqrt_op = define<NoOptions>({
    .name = "Rsqrt",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor& y = b.output();
      return {flow_times(flow_times(b.grad() * -0.5, y), y * y)};
    },
    .forward = [](const NoOptions&, Expr x) { return rsqrt(x); },
});

/// x^(y - 1) for d/dx of x^y, which is y x^(y - 1). The derivative of x^0 is 0 at 0 too, where the
/// power is infinite: the third one of x^2 comes here.
Tensor lower_power(const Tensor& x, const Tensor& y) {
  return where(equal(x, 0) && equal(y, 0), 0, pow(x, y - 1));
}

const DefinedOp<NoOptions> pow_op = define<NoOptions>({
    .name = "Pow",
    .inputs = {{"base", kNumeric}, {"exponent", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &y = b.input(1);
      Tensor grad_x, grad_y;
      if (b.needs(0)) grad_x = flow_times(b.grad(), y * lower_power(x, y));
      if (b.needs(1)) {
        // The inner choice keeps NaN of log(x <= 0) out of second derivatives.
        const Tensor is_positive = x > 0;
        const Tensor logarithm = where(is_positive, log(where(is_positive, x, 1)), 0);
        grad_y = flow_times(b.grad(), b.output() * logarithm);
      }
      return {grad_x, grad_y};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return pow(x, y); },
});

const DefinedOp<NoOptions> hypot_op = define<NoOptions>({
    .name = "Hypot",
    .inputs = {{"a", kFloating}, {"b", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.needs(0) ? flow_times(b.grad(), b.input(0) / b.output()) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), b.input(1) / b.output()) : Tensor()};
    },
    .forward =
        [](const NoOptions&, Expr x, Expr y) {
          const Expr larger = max(abs(x), abs(y)), smaller = min(abs(x), abs(y));
          return select(larger == 0 || is_inf(larger), larger,
                        larger * sqrt(1 + square(smaller / larger)));
        },
    .traits = {.is_commutative = true},
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor square(Operand x) { return ops::square_op({x}); }
Tensor squared_difference(Operand a, Operand b) { return ops::squared_difference_op({a, b}); }
Tensor reciprocal(Operand x) { return ops::reciprocal_op({x}); }
Tensor sqrt(Operand x) { return ops::sqrt_op({x}); }
Tensor rsqrt(Operand x) { return ops::rsqrt_op({x}); }
Tensor pow(Operand base, Operand exponent) { return ops::pow_op({base, exponent}); }
Tensor hypot(Operand a, Operand b) { return ops::hypot_op({a, b}); }

}  // namespace reckon
