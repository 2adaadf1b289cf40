// SPDX-License-Identifier: Apache-2.0
// ReshapeLike: the elements of one tensor in the shape of another of as many elements; ReshapeTo,
// its form in a plan, holds that shape. Both are views: nothing is copied where memory can be
// shared.
#include "base/check.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

using graph::NoOptions;

graph::Types infer_reshape_like(const NoOptions&, const graph::InferContext& context) {
  const Shape &x = context.shape(0), &like = context.shape(1);
  base::require(!x.is_static() || !like.is_static() || x.num_elements() == like.num_elements(),
                "reshape_like", "x of shape ", x.text(), " has another number of elements than ",
                like.text(), "; reshape to as many elements");
  return {{context.dtype(0), like}};
}

}  // namespace

const DefinedOp<NoOptions> reshape_like_op = define<NoOptions>({
    .name = "ReshapeLike",
    .inputs = {{"x", kComputed}, {"like", kAnything, 'l'}},
    .infer = infer_reshape_like,
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {reshape_like(b.grad(), b.input(0)), Tensor()};
    },
    .kernel = [](const NoOptions&, const KernelSpec&) { return copy_kernel(); },
    .traits = {.is_shape_only = true, .is_view = true},
});

const DefinedOp<ShapeOptions> reshape_to_op = define<ShapeOptions>({
    .name = "ReshapeTo",
    .inputs = {{"x", kComputed}},
    .attributes = {{"shape", &ShapeOptions::shape}},
    .infer = [](const ShapeOptions& options, const graph::InferContext& context) -> graph::Types {
      return {{context.dtype(0), options.shape}};
    },
    .kernel = [](const ShapeOptions&, const KernelSpec&) { return copy_kernel(); },
    .traits = {.is_view = true},
});

}  // namespace reckon::ops
