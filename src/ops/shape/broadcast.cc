// SPDX-License-Identifier: Apache-2.0
// Repeating a tensor along new or stretched dimensions: to a given shape, or to that of another
// tensor.
#include <reckon/math.h>
#include <reckon/shape_ops.h>

#include "base/check.h"
#include "graph/trace.h"
#include "kernels/move/strided_copy.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

using graph::NoOptions;

/// Fails unless each known extent of x, from the last on, is 1 or that of the target.
void check_broadcast(const Shape& x, const Shape& target) {
  const int added = target.rank() - x.rank();
  bool fits = added >= 0;
  for (int axis = 0; fits && axis < x.rank(); ++axis) {
    const int64_t from = x[axis], to = target[axis + added];
    fits = from == 1 || from == to || from < 0 || to < 0;
  }
  base::require(fits, "broadcast_to", "x of shape ", x.text(), " does not broadcast to ",
                target.text(), "; each dimension must be equal or 1: reshape x first");
}

/// Extents as they are in this run.
std::span<const int64_t> extents(const View& view) {
  return {view.dims, static_cast<size_t>(view.rank)};
}

Kernel broadcast_kernel(const NoOptions&, const KernelSpec&) {
  return {[](const KernelCall& call) -> kernels::Fault {
    const View &x = call.inputs[0], &out = call.outputs[0];
    kernels::StridedCopy::broadcast(dtype_size(x.dtype), extents(x), extents(out))
        .run(x.data, out.data);
    return {};
  }};
}

}  // namespace

const DefinedOp<ShapeOptions> broadcast_to_op = define<ShapeOptions>({
    .name = "BroadcastTo",
    .inputs = {{"x", kComputed}},
    .attributes = {{"shape", &ShapeOptions::shape}},
    .infer = [](const ShapeOptions& options, const graph::InferContext& context) -> graph::Types {
      check_broadcast(context.shape(0), options.shape);
      return {{context.dtype(0), options.shape}};
    },
    .gradient = [](const ShapeOptions&, const Backward& b) -> Tensors { return {b.grad()}; },
    .forward = [](const ShapeOptions&, expr::Expr x) { return x; },
});

const DefinedOp<NoOptions> broadcast_like_op = define<NoOptions>({
    .name = "BroadcastLike",
    .inputs = {{"x", kComputed}, {"like", kAnything, 'l'}},
    .infer = [](const NoOptions&, const graph::InferContext& context) -> graph::Types {
      check_broadcast(context.shape(0), context.shape(1));
      return {{context.dtype(0), context.shape(1)}};
    },
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {sum_to_like(b.grad(), b.input(0)), Tensor()};
    },
    .kernel = broadcast_kernel,
    .traits = {.is_shape_only = true},
});

bool is_broadcast(const OpDef& def) { return &def == &broadcast_to_op.def(); }

}  // namespace reckon::ops

namespace reckon {

Tensor broadcast_to(Operand x, const Shape& shape) {
  for (int64_t extent : shape) {
    if (extent >= 0) continue;
    throw Error(ErrorCode::kInvalidArgument, "broadcast_to",
                base::concat_text("shape is ", shape.text(),
                                  ", expected known extents; broadcast against a "
                                  "tensor of an unknown size by arithmetic with it"),
                graph::user_place(x.place()));
  }
  return ops::broadcast_to_op({x}, {shape});
}

}  // namespace reckon
