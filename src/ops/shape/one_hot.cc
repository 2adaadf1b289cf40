// SPDX-License-Identifier: Apache-2.0
// OneHot: a new dimension that is one value at the index and another elsewhere.
#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "graph/core_ops.h"
#include "kernels/move/strided_copy.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/dispatch.h"

namespace reckon::ops {
namespace {

struct OneHotNodeOptions {
  int64_t depth = 0;
  int64_t axis = -1;  ///< as the user wrote it: of the result
};

graph::Types infer_one_hot(const OneHotNodeOptions& options, const graph::InferContext& context) {
  const Shape& indices = context.shape(0);
  base::require(options.depth >= 0, "one_hot", "depth is ", options.depth,
                ", expected 0 or more; pass the number ", "of classes");
  const int axis = normal_axis("one_hot", options.axis, indices.rank() + 1, context.inputs[0]);
  std::vector<int64_t> dims = indices.dims();
  dims.insert(dims.begin() + axis, options.depth);
  return {{context.dtype(1), Shape(dims)}};
}

const DefinedOp<OneHotNodeOptions> one_hot_op = define<OneHotNodeOptions>({
    .name = "OneHot",
    .inputs = {{"indices", kIndices, 'i'}, {"on_value", kComputed}, {"off_value", kComputed}},
    .attributes = {{"depth", &OneHotNodeOptions::depth}, {"axis", &OneHotNodeOptions::axis}},
    .infer = infer_one_hot,
    // The values are constants of one_hot(), and nothing flows through indices.
    .gradient = [](const OneHotNodeOptions&, const Backward&) -> Tensors { return Tensors(3); },
    .kernel =
        [](const OneHotNodeOptions& options, const KernelSpec& spec) {
          const int axis = normal_axis("one_hot", options.axis, spec.outputs[0]);
          const size_t element = dtype_size(spec.outputs[0].dtype);
          return with_index(
              spec.inputs[0].dtype, [&]<class Index>(std::type_identity<Index>) -> Kernel {
                return {[axis, element](const KernelCall& call) {
                  const View& out = call.outputs[0];
                  kernels::one_hot(call.in<Index>(0), count_elements(out.dims, 0, axis),
                                   out.dims[axis], count_elements(out.dims, axis + 1, out.rank),
                                   call.inputs[1].data, call.inputs[2].data, element, out.data);
                  return kernels::Fault();
                }};
              });
        },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor one_hot(Operand indices, Integer depth, OneHotOptions options) {
  return ops::at_place(indices.place(), [&] {
    base::require(ops::kComputed.contains(options.dtype), "one_hot", "dtype is ", options.dtype,
                  ", expected ", ops::kComputed.text(), "; cast the result");
    Tensor numbers = indices.resolve();
    if (numbers.dtype() == kUInt8) numbers = cast(numbers, kInt32);
    const auto value = [&](double number) {
      // As a constant of the dtype, from a double: cast() would leave a node in the graph.
      if (options.dtype == kBool) return Operand(Array::scalar(number != 0));
      return Operand(Operand(number).resolve(options.dtype));
    };
    return ops::one_hot_op({numbers, value(options.on_value), value(options.off_value)},
                           {depth, options.axis});
  });
}

}  // namespace reckon
