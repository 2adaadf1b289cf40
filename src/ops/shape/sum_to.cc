// SPDX-License-Identifier: Apache-2.0
// Undoing a broadcast: a gradient summed over the dimensions that were added or stretched.
// Both ops sum with the loop of ReduceSum, so that their bits are the same.
#include "base/check.h"
#include "expr/builder.h"
#include "ops/gradient_support.h"
#include "ops/lanes.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

using graph::NoOptions;

kernels::LoopSpec sum_loop(const KernelSpec& spec) {
  const Shape from = spec.bound(spec.inputs[0].shape);
  kernels::LoopSpec loop;
  expr::Builder builder;
  loop.program = builder.finish({builder.input(lane_of(spec.inputs[0].dtype))});
  loop.dims = from.dims();
  std::vector<int64_t> strides(from.rank());
  int64_t stride = 1;
  for (int axis = from.rank() - 1; axis >= 0; --axis) {
    strides[axis] = stride;
    stride *= from[axis];
  }
  loop.input_strides = {strides};
  std::vector<bool> reduced(from.rank(), false);
  const std::vector<int64_t> axes = summed_axes(spec.inputs[0].shape, spec.outputs[0].shape);
  for (int64_t axis : axes) reduced[axis] = true;
  loop.outputs = {{axes.empty() ? kernels::ReduceKind::kNone : kernels::ReduceKind::kSum,
                   axes.empty() ? std::vector<bool>{} : reduced}};
  return loop;
}

Kernel sum_kernel(const KernelSpec& spec) {
  const Shape& shape = spec.inputs[0].shape;
  for (int axis = 1; axis < shape.rank(); ++axis) {
    base::require(
        !graph::is_extent(shape[axis]), "sum_to", "dimension ", axis, " of ", spec.node.name,
        " has a size that only the data knows; only the outermost may: transpose or flatten first");
  }
  const bool is_dynamic = shape.rank() > 0 && graph::is_extent(shape[0]);
  auto loop = std::make_shared<const kernels::FusedLoop>(sum_loop(spec));
  const size_t scratch = loop->scratch_bytes();
  return {[loop, is_dynamic](const KernelCall& call) {
            const void* in[] = {call.inputs[0].data};
            void* out[] = {call.outputs[0].data};
            return loop->run(in, out, is_dynamic ? call.inputs[0].dims[0] : -1, call.pool,
                             call.scratch);
          },
          scratch};
}

void check_sum(const Shape& from, const Shape& to) {
  const int added = from.rank() - to.rank();
  bool fits = added >= 0;
  for (int axis = 0; fits && axis < to.rank(); ++axis) {
    const int64_t extent = from[axis + added];
    fits = to[axis] == 1 || to[axis] == extent || to[axis] < 0 || extent < 0;
  }
  base::require(fits, "sum_to_like", "a gradient of shape ", from.text(),
                " belongs to a value of shape ", to.text(),
                "; a gradient needs the shape of its value or one that it broadcasts to");
}

}  // namespace

std::vector<int64_t> summed_axes(const Shape& from, const Shape& to) {
  const int added = from.rank() - to.rank();
  std::vector<int64_t> axes;
  for (int axis = 0; axis < from.rank(); ++axis) {
    if (axis < added || (to[axis - added] == 1 && from[axis] != 1)) axes.push_back(axis);
  }
  return axes;
}

const DefinedOp<ShapeOptions> sum_to_op = define<ShapeOptions>({
    .name = "SumTo",
    .inputs = {{"x", kNumeric}},
    .attributes = {{"shape", &ShapeOptions::shape}},
    .infer = [](const ShapeOptions& options, const graph::InferContext& context) -> graph::Types {
      check_sum(context.shape(0), options.shape);
      return {{context.dtype(0), options.shape}};
    },
    .kernel = [](const ShapeOptions&, const KernelSpec& spec) { return sum_kernel(spec); },
});

const DefinedOp<NoOptions> sum_to_like_op = define<NoOptions>({
    .name = "SumToLike",
    .inputs = {{"grad", kNumeric}, {"like", kAnything, 'l'}},
    .infer = [](const NoOptions&, const graph::InferContext& context) -> graph::Types {
      check_sum(context.shape(0), context.shape(1));
      return {{context.dtype(0), context.shape(1)}};
    },
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {broadcast_like(b.grad(), b.input(0)), Tensor()};
    },
    .kernel = [](const NoOptions&, const KernelSpec& spec) { return sum_kernel(spec); },
    .traits = {.is_shape_only = true},
});

}  // namespace reckon::ops
