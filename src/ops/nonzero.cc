// SPDX-License-Identifier: Apache-2.0
// Nonzero: the positions of true elements, of which only the data knows the number; boolean_mask()
// on it.
#include <reckon/array_ops.h>
#include <reckon/math_ops.h>
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/reshape.h"
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

/// Checks the mask against x and returns its axis as a number in [0, rank).
int check_mask(const Tensor& x, const Tensor& mask, int axis) {
  base::require(mask.rank() > 0, "boolean_mask", "mask is ", mask.text(),
                ", a scalar, expected one dimension or more; use cond");
  const int at = normal_axis("boolean_mask", axis, {x.dtype(), x.shape()});
  bool fits = at + mask.rank() <= x.rank();
  for (int i = 0; fits && i < mask.rank(); ++i)
    fits = may_be_equal(mask.shape()[i], x.shape()[at + i]);
  base::require(fits, "boolean_mask", "mask is ", mask.text(), " but x is ", x.text(),
                ", masked from axis ", axis, "; the mask's dimensions must equal those of x");
  return at;
}

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

Tensor boolean_mask(Operand x, Operand mask, int axis) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve(), flags = mask.resolve();
    if (value.is_poison() || flags.is_poison()) return value.is_poison() ? value : flags;
    const int at = ops::check_mask(value, flags, axis);
    const bool is_flat = flags.rank() == 1;
    const Tensor rows = is_flat ? value : ops::merge_dims(value, at, flags.rank());
    const Tensor chosen =
        ops::nonzero_op({is_flat ? flags : ops::merge_dims(flags, 0, flags.rank())});
    return gather(rows, squeeze(chosen, {1}), {.axis = at});
  });
}

}  // namespace reckon
