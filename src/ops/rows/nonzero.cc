// SPDX-License-Identifier: Apache-2.0
// Nonzero: the positions of true elements, of which only the data knows the number.
#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

using graph::InferContext;
using graph::NoOptions;

graph::Types infer_nonzero(const InferContext& context) {
  const Shape& condition = context.shape(0);
  base::require(
      condition.rank() > 0, "where", "condition is ", graph::type_text(context.inputs[0]),
      ", a scalar, expected one dimension or more; use cond, or where with three operands");
  const auto rank = static_cast<size_t>(condition.rank());
  const int64_t elements = context.product({condition.begin(), rank});
  return {{kInt64, Shape{context.data_extent(context.bound(elements)), condition.rank()}}};
}

/// Writes the coordinates of element `flat` of a tensor with these extents.
void write_position(int64_t flat, const View& condition, int64_t* position) {
  for (int axis = condition.rank - 1; axis >= 0; --axis) {
    position[axis] = flat % condition.dims[axis];
    flat /= condition.dims[axis];
  }
}

const DefinedOp<NoOptions> nonzero_op = define<NoOptions>({
    .name = "Nonzero",
    .inputs = {{"condition", kBooleans}},
    .infer = rule(infer_nonzero),
    // Positions are integers: nothing flows back.
    .gradient = [](const NoOptions&, const Backward&) -> Tensors { return {Tensor()}; },
    .kernel = [](const NoOptions&, const KernelSpec& spec) -> Kernel {
      return {[extent = spec.outputs[0].shape[0]](const KernelCall& call) {
        const View& condition = call.inputs[0];
        const bool* flags = call.in<bool>(0);
        int64_t count = 0;
        for (int64_t i = 0; i < condition.elements; ++i) {
          if (flags[i])
            write_position(i, condition, call.out<int64_t>(0) + count++ * condition.rank);
        }
        write_extent(call, extent, count);
        return kernels::Fault();
      }};
    },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor where(Operand condition) {
  return ops::at_place(condition.place(), [&] {
    const Tensor value = condition.resolve();
    const bool is_number = !value.is_poison() && ops::kNumeric.contains(value.dtype());
    return ops::nonzero_op({is_number ? cast(value, kBool) : value});
  });
}

}  // namespace reckon
