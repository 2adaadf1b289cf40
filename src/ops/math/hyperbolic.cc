// SPDX-License-Identifier: Apache-2.0
// Hyperbolic functions and their inverses.
#include <reckon/math.h>

#include "ops/define.h"
#include "ops/exact_slopes.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> sinh_op = define<NoOptions>({
    .name = "Sinh",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), cosh(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return sinh(x); },
});

const DefinedOp<NoOptions> cosh_op = define<NoOptions>({
    .name = "Cosh",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), sinh(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return cosh(x); },
});

const DefinedOp<NoOptions> tanh_op = define<NoOptions>({
    .name = "Tanh",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), tanh_slope(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return tanh(x); },
});

const DefinedOp<NoOptions> asinh_op = define<NoOptions>({
    .name = "Asinh",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), hypot(b.input(0), 1))};
    },
    .forward = [](const NoOptions&, Expr x) { return asinh(x); },
});

const DefinedOp<NoOptions> acosh_op = define<NoOptions>({
    .name = "Acosh",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), sqrt(b.input(0) - 1) * sqrt(b.input(0) + 1))};
    },
    .forward = [](const NoOptions&, Expr x) { return acosh(x); },
});

const DefinedOp<NoOptions> atanh_op = define<NoOptions>({
    .name = "Atanh",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), one_minus_square(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return atanh(x); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor sinh(Operand x) { return ops::sinh_op({x}); }
Tensor cosh(Operand x) { return ops::cosh_op({x}); }
Tensor tanh(Operand x) { return ops::tanh_op({x}); }
Tensor asinh(Operand x) { return ops::asinh_op({x}); }
Tensor acosh(Operand x) { return ops::acosh_op({x}); }
Tensor atanh(Operand x) { return ops::atanh_op({x}); }

}  // namespace reckon
