// SPDX-License-Identifier: Apache-2.0
// Sums, differences, products and quotients, and their operators.
// Gradients have the shape of the output: autodiff sums them over what was broadcast.
#include <reckon/math.h>

#include "ops/define.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> add_op = define<NoOptions>({
    .name = "Add",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad(), b.grad()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return x + y; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> subtract_op = define<NoOptions>({
    .name = "Subtract",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.grad(), b.needs(1) ? -b.grad() : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return x - y; },
});

const DefinedOp<NoOptions> multiply_op = define<NoOptions>({
    .name = "Multiply",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.needs(0) ? flow_times(b.grad(), b.input(1)) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), b.input(0)) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return x * y; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> divide_op = define<NoOptions>({
    .name = "Divide",
    .inputs = {{"a", kFloating}, {"b", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &x = b.input(0), &y = b.input(1);
      return {b.needs(0) ? flow_over(b.grad(), y) : Tensor(),
              b.needs(1) ? flow_times(b.grad(), -x / y / y) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr x, Expr y) { return x / y; },
});

const DefinedOp<NoOptions> negative_op = define<NoOptions>({
    .name = "Negative",
    .inputs = {{"x", kNumeric}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors { return {-b.grad()}; },
    .forward = [](const NoOptions&, Expr x) { return -x; },
});

DType dtype_of(const Operand& x) {
  if (x.is_number()) return DType::kInvalid;
  return x.is_tensor() ? x.tensor().dtype() : x.array().dtype();
}

/// The float dtype that quotients of an integer dtype have; kInvalid for other dtypes.
DType quotient_dtype(DType dtype) {
  if (dtype == kUInt8) return kFloat32;
  return dtype == kInt32 || dtype == kInt64 ? kFloat64 : DType::kInvalid;
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor add(Operand a, Operand b) { return ops::add_op({a, b}); }
Tensor subtract(Operand a, Operand b) { return ops::subtract_op({a, b}); }
Tensor multiply(Operand a, Operand b) { return ops::multiply_op({a, b}); }
Tensor negative(Operand x) { return ops::negative_op({x}); }

Tensor divide(Operand a, Operand b) {
  const DType dtype = a.is_number() ? ops::dtype_of(b) : ops::dtype_of(a);
  const DType quotient = ops::quotient_dtype(dtype);
  const bool is_mixed = !b.is_number() && ops::dtype_of(b) != dtype;
  if (quotient == DType::kInvalid || is_mixed) return ops::divide_op({a, b});
  return ops::divide_op({a.is_number() ? a : Operand(cast(a, quotient)),
                         b.is_number() ? b : Operand(cast(b, quotient))},
                        {}, a.place());
}

Tensor operator+(Operand a, Operand b) { return ops::add_op({a, b}); }
Tensor operator-(Operand a, Operand b) { return ops::subtract_op({a, b}); }
Tensor operator*(Operand a, Operand b) { return ops::multiply_op({a, b}); }
Tensor operator/(Operand a, Operand b) { return divide(a, b); }
Tensor operator-(Operand x) { return ops::negative_op({x}); }

}  // namespace reckon
