// SPDX-License-Identifier: Apache-2.0
// ExpandDims and Squeeze: dimensions of extent 1 come and go. Views, but for a squeeze of an extent
// that is not known yet.
#include <reckon/shape_ops.h>
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/gradient_support.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

struct ExpandDimsOptions {
  int64_t axis = 0;  ///< as the user wrote it: of the result
};

const DefinedOp<ExpandDimsOptions> expand_dims_op = define<ExpandDimsOptions>({
    .name = "ExpandDims",
    .inputs = {{"x", kAnything}},
    .attributes = {{"axis", &ExpandDimsOptions::axis}},
    .infer = [](const ExpandDimsOptions& options,
                const graph::InferContext& context) -> graph::Types {
      const Shape& x = context.shape(0);
      const int at = normal_axis("expand_dims", options.axis, x.rank() + 1, context.inputs[0]);
      std::vector<int64_t> dims = x.dims();
      dims.insert(dims.begin() + at, 1);
      return {{context.dtype(0), Shape(dims)}};
    },
    .gradient = [](const ExpandDimsOptions&, const Backward& b) -> Tensors {
      return {reshape_like(b.grad(), b.input(0))};
    },
    .kernel = [](const ExpandDimsOptions&, const KernelSpec&) { return copy_kernel(); },
    .traits = {.is_view = true},
});

struct SqueezeOptions {
  std::vector<int64_t> axes;  ///< as the user wrote them
};

std::vector<bool> dropped_axes(const SqueezeOptions& options, const graph::TensorType& type) {
  const Shape& x = type.shape;
  std::vector<bool> dropped(x.rank());
  for (int64_t axis : options.axes) {
    const int at = normal_axis("squeeze", axis, type);
    base::require(may_be_equal(x[at], 1), "squeeze", "axis ", axis, " of ", graph::type_text(type),
                  " has extent ", x[at], ", expected 1; leave it out");
    dropped[at] = true;
  }
  return dropped;
}

graph::Types infer_squeeze(const SqueezeOptions& options, const graph::InferContext& context) {
  const Shape& x = context.shape(0);
  const std::vector<bool> dropped = dropped_axes(options, context.inputs[0]);
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!dropped[axis]) shape.append(x[axis]);
  }
  return {{context.dtype(0), shape}};
}

Tensors squeeze_gradient(const SqueezeOptions&, const Backward& b) {
  return {reshape_like(b.grad(), b.input(0))};
}

const DefinedOp<SqueezeOptions> squeeze_op = define<SqueezeOptions>({
    .name = "Squeeze",
    .inputs = {{"x", kAnything}},
    .attributes = {{"axes", &SqueezeOptions::axes}},
    .infer = infer_squeeze,
    .gradient = squeeze_gradient,
    .kernel = [](const SqueezeOptions&, const KernelSpec&) { return copy_kernel(); },
    .traits = {.is_view = true},
});

Kernel checked_kernel(const SqueezeOptions& options, const KernelSpec& spec) {
  return {[dropped = dropped_axes(options, spec.inputs[0]),
           copy = copy_kernel()](const KernelCall& call) -> kernels::Fault {
    const View& x = call.inputs[0];
    for (int axis = 0; axis < x.rank; ++axis) {
      if (dropped[axis] && x.dims[axis] != 1)
        return kernels::Fault(base::concat_text("axis ", axis, " has extent ", x.dims[axis],
                                                " in this batch, expected 1; slice one of it"));
    }
    return copy.run(call);
  }};
}

/// No view: where an extent may turn out not to be 1, a step of the plan must look.
const DefinedOp<SqueezeOptions> checked_squeeze_op = define<SqueezeOptions>({
    .name = "CheckedSqueeze",
    .inputs = {{"x", kAnything}},
    .attributes = {{"axes", &SqueezeOptions::axes}},
    .infer = infer_squeeze,
    .gradient = squeeze_gradient,
    .kernel = checked_kernel,
});

/// True if every axis that goes away is known to be 1 while tracing.
bool is_settled(const SqueezeOptions& options, const Tensor& x) {
  const std::vector<bool> dropped = dropped_axes(options, {x.dtype(), x.shape()});
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (dropped[axis] && x.shape()[axis] != 1) return false;
  }
  return true;
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor expand_dims(Operand x, Integer axis) { return ops::expand_dims_op({x}, {axis}); }

Tensor squeeze(Operand x, const std::vector<int>& axes) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve();
    if (value.is_poison()) return value;
    ops::SqueezeOptions options{{axes.begin(), axes.end()}};
    // Which dimensions are 1 is settled now, so that the rank is the same in every plan.
    for (int axis = 0; axes.empty() && axis < value.rank(); ++axis) {
      if (value.shape()[axis] == 1) options.axes.push_back(axis);
    }
    if (options.axes.empty()) return value;
    const auto& op = ops::is_settled(options, value) ? ops::squeeze_op : ops::checked_squeeze_op;
    return op({value}, options);
  });
}

}  // namespace reckon
