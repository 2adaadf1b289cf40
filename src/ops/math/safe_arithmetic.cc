// SPDX-License-Identifier: Apache-2.0
// Quotients, products and logarithms that are 0 where a factor is 0, whatever the other one is.
#include <reckon/math.h>

#include "ops/define.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> divide_no_nan_op = define<NoOptions>({
    .name = "DivideNoNan",
    .inputs = {{"a", kFloating}, {"b", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &y = b.input(1);
      return {b.needs(0) ? where(equal(y, 0), 0, flow_over(b.grad(), y)) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), divide_no_nan(divide_no_nan(-x, y), y)) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return select(y == 0, 0, x / y); },
});

const DefinedOp<NoOptions> multiply_no_nan_op = define<NoOptions>({
    .name = "MultiplyNoNan",
    .inputs = {{"a", kFloating}, {"b", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.needs(0) ? zero_product(b.grad(), b.input(1)) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), b.input(0)) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return select(y == 0, 0, x * y); },
});

/// 1 where x is not 0: what d/dx of x f(y) leaves of x.
Tensor not_zero(const Tensor& x) { return cast(not_equal(x, 0), x.dtype()); }

const DefinedOp<NoOptions> xdivy_op = define<NoOptions>({
    .name = "Xdivy",
    .inputs = {{"x", kFloating}, {"y", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &y = b.input(1);
      return {b.needs(0) ? flow_times(b.grad(), xdivy(not_zero(x), y)) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), xdivy(xdivy(-x, y), y)) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return select(x == 0, 0, x / y); },
});

const DefinedOp<NoOptions> xlogy_op = define<NoOptions>({
    .name = "Xlogy",
    .inputs = {{"x", kFloating}, {"y", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &y = b.input(1);
      return {b.needs(0) ? flow_times(b.grad(), xlogy(not_zero(x), y)) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), xdivy(x, y)) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return select(x == 0, 0, x * log(y)); },
});

const DefinedOp<NoOptions> xlog1py_op = define<NoOptions>({
    .name = "Xlog1py",
    .inputs = {{"x", kFloating}, {"y", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &y = b.input(1);
      return {b.needs(0) ? flow_times(b.grad(), xlog1py(not_zero(x), y)) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), xdivy(x, y + 1)) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return select(x == 0, 0, x * log1p(y)); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor divide_no_nan(Operand a, Operand b) { return ops::divide_no_nan_op({a, b}); }
Tensor multiply_no_nan(Operand a, Operand b) { return ops::multiply_no_nan_op({a, b}); }
Tensor xdivy(Operand x, Operand y) { return ops::xdivy_op({x, y}); }
Tensor xlogy(Operand x, Operand y) { return ops::xlogy_op({x, y}); }
Tensor xlog1py(Operand x, Operand y) { return ops::xlog1py_op({x, y}); }

}  // namespace reckon
