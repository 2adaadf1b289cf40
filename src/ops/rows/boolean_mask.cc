// SPDX-License-Identifier: Apache-2.0
// boolean_mask(): a gather at the positions that the op BooleanMask finds. It sees x too, so
// that sizes unknown while tracing are compared as soon as something knows them.
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/shape/reshape.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

using graph::InferContext;

struct MaskOptions {
  int64_t axis = 0;  ///< of x, where the mask's first dimension lies; not negative
};

graph::Types infer_positions(const MaskOptions& options, const InferContext& context) {
  const Shape &mask = context.shape(0), &x = context.shape(1);
  const auto axis = static_cast<int>(options.axis);
  bool fits = axis + mask.rank() <= x.rank();
  for (int i = 0; fits && i < mask.rank(); ++i) fits = may_be_equal(mask[i], x[axis + i]);
  base::require(fits, "boolean_mask", "mask is ", graph::type_text(context.inputs[0]), " but x is ",
                graph::type_text(context.inputs[1]), ", masked from axis ", axis,
                "; the mask's dimensions must equal those of x");
  const int64_t elements = context.product({mask.begin(), static_cast<size_t>(mask.rank())});
  return {{kInt64, Shape{context.data_extent(context.bound(elements))}}};
}

Kernel positions_kernel(const MaskOptions& options, const KernelSpec& spec) {
  return {[axis = static_cast<int>(options.axis),
           extent = spec.outputs[0].shape[0]](const KernelCall& call) -> kernels::Fault {
    const View& mask = call.inputs[0];
    if (kernels::Fault fault = check_equal_dims(mask, 0, call.inputs[1], axis, mask.rank))
      return fault;
    const bool* flags = call.in<bool>(0);
    auto* positions = call.out<int64_t>(0);
    int64_t count = 0;
    for (int64_t i = 0; i < mask.elements; ++i) {
      if (flags[i]) positions[count++] = i;
    }
    write_extent(call, extent, count);
    return {};
  }};
}

// Inputs: the mask, and x, of which only the shape is read. The result counts the mask's elements
// row by row, as merge_dims() does x's.
const DefinedOp<MaskOptions> boolean_mask_op = define<MaskOptions>({
    .name = "BooleanMask",
    .inputs = {{"mask", kBooleans}, {"x", kAnything, 'x'}},
    .attributes = {{"axis", &MaskOptions::axis}},
    .infer = infer_positions,
    // Positions are integers: nothing flows back.
    .gradient = [](const MaskOptions&, const Backward&) -> Tensors {
      return {Tensor(), Tensor()};
    },
    .kernel = positions_kernel,
    .traits = {.is_shape_only = true},
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor boolean_mask(Operand x, Operand mask, Integer axis) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve(), flags = mask.resolve();
    if (value.is_poison() || flags.is_poison()) return value.is_poison() ? value : flags;
    base::require(flags.rank() > 0, "boolean_mask", "mask is ", flags.text(),
                  ", a scalar, expected one dimension or more; use cond");
    const int at = ops::normal_axis("boolean_mask", axis, {value.dtype(), value.shape()});
    const Tensor positions = ops::boolean_mask_op({flags, value}, {at});
    const Tensor rows = flags.rank() == 1 ? value : ops::merge_dims(value, at, flags.rank());
    return gather(rows, positions, {.axis = at});
  });
}

}  // namespace reckon
