// SPDX-License-Identifier: Apache-2.0
// Comparisons. They give bool, and no gradient flows through.
#include <reckon/math.h>
#include <reckon/shape_ops.h>

#include <cmath>

#include "graph/trace.h"
#include "ops/define.h"
#include "ops/strings/equal_strings.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> equal_op = define<NoOptions>({
    .name = "Equal",
    .inputs = {{"a", kComputed}, {"b", kComputed}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a == b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> not_equal_op = define<NoOptions>({
    .name = "NotEqual",
    .inputs = {{"a", kComputed}, {"b", kComputed}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a != b; },
    .traits = {.is_commutative = true},
});

const DefinedOp<NoOptions> less_op = define<NoOptions>({
    .name = "Less",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a < b; },
});

const DefinedOp<NoOptions> less_equal_op = define<NoOptions>({
    .name = "LessEqual",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a <= b; },
});

const DefinedOp<NoOptions> greater_op = define<NoOptions>({
    .name = "Greater",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a > b; },
});

const DefinedOp<NoOptions> greater_equal_op = define<NoOptions>({
    .name = "GreaterEqual",
    .inputs = {{"a", kNumeric}, {"b", kNumeric}},
    .infer = rule(infer_elementwise_bool),
    .forward = [](const NoOptions&, Expr a, Expr b) { return a >= b; },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor equal(Operand a, Operand b) {
  return ops::is_string(a) || ops::is_string(b) ? ops::equal_strings(a, b) : ops::equal_op({a, b});
}
Tensor not_equal(Operand a, Operand b) {
  const graph::PlaceScope place(a.place());
  return ops::is_string(a) || ops::is_string(b) ? !ops::equal_strings(a, b)
                                                : ops::not_equal_op({a, b});
}
Tensor less(Operand a, Operand b) { return ops::less_op({a, b}); }
Tensor less_equal(Operand a, Operand b) { return ops::less_equal_op({a, b}); }
Tensor greater(Operand a, Operand b) { return ops::greater_op({a, b}); }
Tensor greater_equal(Operand a, Operand b) { return ops::greater_equal_op({a, b}); }

Tensor approximate_equal(Operand a, Operand b, Real tolerance) {
  const graph::PlaceScope place(a.place());
  const Tensor left = a.resolve(b.is_tensor() ? b.tensor().dtype() : DType::kInvalid);
  const Tensor right = b.resolve(left.dtype());
  // Unsigned integers wrap below zero, signed ones above their largest, where the difference comes
  // as one less by 2^bits; and no integer holds a tolerance of 1e-5.
  const double most = tolerance;
  if (is_integer(left.dtype())) {
    const Tensor difference = subtract(maximum(left, right), minimum(left, right));
    const double all = std::ldexp(1.0, static_cast<int>(8 * dtype_size(left.dtype())));
    const Tensor apart = cast(difference, kFloat64);
    return less(where(less(difference, 0), apart + all, apart), most);
  }
  return less(abs(subtract(left, right)), most);
}

Tensor operator<(Operand a, Operand b) { return less(a, b); }
Tensor operator<=(Operand a, Operand b) { return less_equal(a, b); }
Tensor operator>(Operand a, Operand b) { return greater(a, b); }
Tensor operator>=(Operand a, Operand b) { return greater_equal(a, b); }

}  // namespace reckon
