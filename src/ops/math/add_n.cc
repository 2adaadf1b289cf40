// SPDX-License-Identifier: Apache-2.0
// AddN: the sum of tensors of one shape, in order. It is how gradients of several uses add up.
#include <reckon/math.h>

#include "base/check.h"
#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

/// Fails if two known extents differ; otherwise the shape with as much known as any part knows.
Shape common_shape(const graph::InferContext& context) {
  Shape shape = context.shape(0);
  for (size_t i = 1; i < context.inputs.size(); ++i) {
    const Shape& other = context.shape(static_cast<int>(i));
    bool fits = other.rank() == shape.rank();
    for (int axis = 0; fits && axis < shape.rank(); ++axis) {
      if (shape[axis] == kUnknown) shape.set(axis, other[axis]);
      // Two sizes that only the data knows are compared by the loop that runs.
      fits = other[axis] < 0 || shape[axis] < 0 || other[axis] == shape[axis];
    }
    base::require(fits, "add_n", "part ", i, " is ", graph::type_text(context.inputs[i]),
                  " but part 0 is ", graph::type_text(context.inputs[0]),
                  "; parts must have one shape: broadcast them with add");
  }
  return shape;
}

const DefinedOp<NoOptions> add_n_op = define<NoOptions>({
    .name = "AddN",
    .inputs = {{.name = "parts", .dtypes = kNumeric, .is_variadic = true}},
    .infer = [](const NoOptions&, const graph::InferContext& context) -> graph::Types {
      return {{context.dtype(0), common_shape(context)}};
    },
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return Tensors(b.inputs.size(), b.grad());
    },
    .forward = [](const NoOptions&, const std::vector<Expr>& parts) -> std::vector<Expr> {
      Expr sum = parts[0];
      for (size_t i = 1; i < parts.size(); ++i) sum = sum + parts[i];
      return {sum};
    },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor add_n(const Tensors& parts, Place place) {
  if (parts.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "add_n",
                "came without parts, expected one or more; pass a tensor", place);
  }
  Operands operands;
  for (const Tensor& part : parts) operands.emplace_back(part, place);
  // A chain of short sums: the same order and bits as one long one, within what a loop can read.
  constexpr size_t kMaxParts = 16;
  while (operands.size() > kMaxParts) {
    const Operands first(operands.begin(), operands.begin() + kMaxParts);
    operands.erase(operands.begin() + 1, operands.begin() + kMaxParts);
    operands[0] = Operand(ops::add_n_op(first, {}, place), place);
  }
  return ops::add_n_op(operands, {}, place);
}

}  // namespace reckon
