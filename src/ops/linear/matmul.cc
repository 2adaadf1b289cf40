// SPDX-License-Identifier: Apache-2.0
// Matmul: the product over the last two dimensions, batches broadcast.
#include <reckon/linalg.h>
#include <reckon/shape_ops.h>
#include "graph/trace.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/gradient_support.h"
#include "ops/linear/product_kernel.h"

namespace reckon::ops {
namespace {

using graph::InferContext;

extern const DefinedOp<MatmulOptions> matmul_op;

constexpr DTypeSet kProducts = {kFloat32, kFloat64, kInt32, kInt64};

// --- Shape

Shape batch_shape(const Shape& shape) {
  Shape batch;
  for (int axis = 0; axis < shape.rank() - 2; ++axis) batch.append(shape[axis]);
  return batch;
}

const char* inner_mend(const MatmulOptions& options, const Shape& a, const Shape& b) {
  const int a_inner = options.transpose_a ? -2 : -1, b_inner = options.transpose_b ? -1 : -2;
  if (may_be_equal(b[options.transpose_b ? -2 : -1], a[options.transpose_a ? -1 : -2]))
    return "exchange the two arguments";
  if (may_be_equal(a[a_inner], b[-3 - b_inner])) return "change transpose_b";
  if (may_be_equal(a[-3 - a_inner], b[b_inner])) return "change transpose_a";
  return "reshape one of them, or make the weights as high as the rows are wide";
}

void check_operands(const MatmulOptions& options, const InferContext& context) {
  const Shape &a = context.shape(0), &b = context.shape(1);
  const auto texts = [&context] {
    return "a is " + graph::type_text(context.inputs[0]) + ", b is " +
           graph::type_text(context.inputs[1]);
  };
  base::require(
      a.rank() >= 2 && b.rank() >= 2, "matmul", texts(),
      "; both need two dimensions or more: reshape a vector to [1, n] or [n, 1], or use matvec");
  base::require(may_be_equal(a[options.transpose_a ? -2 : -1], b[options.transpose_b ? -1 : -2]),
                "matmul", "inner sizes differ: ", texts(), "; a.shape[",
                options.transpose_a ? -2 : -1, "] must equal b.shape[",
                (options.transpose_b ? -1 : -2) + (b.rank() == 2 ? 2 : 0),
                "]: ", inner_mend(options, a, b));
  for (int i = 3; i <= std::min(a.rank(), b.rank()); ++i) {
    base::require(may_be_equal(a[-i], b[-i]) || a[-i] == 1 || b[-i] == 1, "matmul",
                  "batches differ: ", texts(),
                  "; the dimensions before the last two must be equal or 1: reshape one of them");
  }
}

graph::Types infer_matmul(const MatmulOptions& options, const InferContext& context) {
  check_operands(options, context);
  const Shape &a = context.shape(0), &b = context.shape(1);
  Shape shape = broadcast_shapes(batch_shape(a), batch_shape(b), context);
  shape.append(a[options.transpose_a ? -1 : -2]);
  shape.append(b[options.transpose_b ? -2 : -1]);
  return {{context.dtype(0), shape}};
}

// --- Gradient

/// `grad` summed over the batch dimensions in which the operand was repeated.
Tensor undo_batch(const Tensor& grad, const Tensor& operand) {
  return grad.rank() == 2 && operand.rank() == 2 ? grad : sum_to_like(grad, operand);
}

Tensor left_gradient(const MatmulOptions& o, const Backward& b) {
  const Tensor grad = o.transpose_a ? matmul_op({b.input(1), b.grad()}, {o.transpose_b, true})
                                    : matmul_op({b.grad(), b.input(1)}, {false, !o.transpose_b});
  return undo_batch(grad, b.input(0));
}

Tensor right_gradient(const MatmulOptions& o, const Backward& b) {
  Tensor left = b.input(0), grad = b.grad();
  // One matrix b for a whole batch: the rows of all matrices of a are summed as those of one.
  const bool is_shared = b.input(1).rank() == 2 && left.rank() > 2 && !o.transpose_a;
  if (is_shared && left.shape()[-1] >= 0 && grad.shape()[-1] >= 0) {
    left = reshape(left, {-1, left.shape()[-1]});
    grad = reshape(grad, {-1, grad.shape()[-1]});
  }
  return undo_batch(o.transpose_b ? matmul_op({grad, left}, {true, o.transpose_a})
                                  : matmul_op({left, grad}, {!o.transpose_a, false}),
                    b.input(1));
}

const DefinedOp<MatmulOptions> matmul_op = define<MatmulOptions>({
    .name = "Matmul",
    .inputs = {{"a", kProducts}, {"b", kProducts}},
    .attributes = {{"transpose_a", &MatmulOptions::transpose_a},
                   {"transpose_b", &MatmulOptions::transpose_b}},
    .infer = infer_matmul,
    .gradient = [](const MatmulOptions& options, const Backward& b) -> Tensors {
      return {b.needs(0) ? left_gradient(options, b) : Tensor(),
              b.needs(1) ? right_gradient(options, b) : Tensor()};
    },
    .kernels = {{"gemm",
                 {kFloat32},
                 {},
                 [](const MatmulOptions& o, const KernelSpec& spec) {
                   return gemm_product(o, spec);
                 }},
                {"simple", {kFloat64, kInt32, kInt64}, {}, simple_product},
                {"plain", kProducts, {}, plain_product}},
    .own_axes = 2,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor matmul(Operand a, Operand b, MatmulOptions options) {
  return ops::matmul_op({a, b}, options);
}

Tensor matvec(Operand a, Operand x, MatvecOptions options) {
  const graph::PlaceScope place(a.place());
  return squeeze(matmul(a, expand_dims(x, -1), {.transpose_a = options.transpose_a}), {-1});
}

}  // namespace reckon
