// SPDX-License-Identifier: Apache-2.0
// Exponentials, logarithms and the error function.
#include <reckon/math.h>

#include "ops/define.h"
#include "ops/exact_slopes.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> exp_op = define<NoOptions>({
    .name = "Exp",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), b.output())};
    },
    .forward = [](const NoOptions&, Expr x) { return exp(x); },
});

const DefinedOp<NoOptions> expm1_op = define<NoOptions>({
    .name = "Expm1",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), exp(b.input(0)))};
    },
    .forward = [](const NoOptions&, Expr x) { return expm1(x); },
});

const DefinedOp<NoOptions> log_op = define<NoOptions>({
    .name = "Log",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), b.input(0))};
    },
    .forward = [](const NoOptions&, Expr x) { return log(x); },
});

const DefinedOp<NoOptions> log1p_op = define<NoOptions>({
    .name = "Log1p",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_over(b.grad(), b.input(0) + 1)};
    },
    .forward = [](const NoOptions&, Expr x) { return log1p(x); },
});

/// 2 / sqrt(pi)
constexpr double kErfSlope = 1.1283791670955126;

const DefinedOp<NoOptions> erf_op = define<NoOptions>({
    .name = "Erf",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), bell(b.input(0), 1)) * kErfSlope};
    },
    .forward = [](const NoOptions&, Expr x) { return erf(x); },
});

const DefinedOp<NoOptions> erfc_op = define<NoOptions>({
    .name = "Erfc",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), bell(b.input(0), 1)) * -kErfSlope};
    },
    .forward = [](const NoOptions&, Expr x) { return erfc(x); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor exp(Operand x) { return ops::exp_op({x}); }
Tensor expm1(Operand x) { return ops::expm1_op({x}); }
Tensor log(Operand x) { return ops::log_op({x}); }
Tensor log1p(Operand x) { return ops::log1p_op({x}); }
Tensor erf(Operand x) { return ops::erf_op({x}); }
Tensor erfc(Operand x) { return ops::erfc_op({x}); }

}  // namespace reckon
