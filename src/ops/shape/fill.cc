// SPDX-License-Identifier: Apache-2.0
// Fill: one value in every element, as a broadcast where loops can read the single value in place,
// and with a kernel of its own for strings and dtypes that are stored only.
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "kernels/move/strided_copy.h"
#include "ops/at_place.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

const DefinedOp<ShapeOptions> fill_op = define<ShapeOptions>({
    .name = "Fill",
    .inputs = {{"value", kAnything}},
    .attributes = {{"shape", &ShapeOptions::shape}},
    .infer = [](const ShapeOptions& options, const graph::InferContext& context) -> graph::Types {
      return {{context.dtype(0), options.shape}};
    },
    .kernel = [](const ShapeOptions&, const KernelSpec& spec) -> Kernel {
      return {[element = dtype_size(spec.inputs[0].dtype)](const KernelCall& call) {
        kernels::fill(call.outputs[0].data, call.outputs[0].elements, call.inputs[0].data, element);
        return kernels::Fault();
      }};
    },
});

Array one_of(DType dtype) {
  if (dtype == kBool) return Array::scalar(true);
  base::require(kNumeric.contains(dtype), "ones", "dtype is ", dtype, ", expected ",
                kNumeric.text(), " or bool; fill another value");
  return count_array(1, dtype);
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

namespace {

void require_known(const char* where, const Shape& shape, const char* row) {
  base::require(
      shape.is_static(), where, "shape is ", shape,
      ", expected a number for every dimension; for the size of a batch start from a tensor that "
      "has it, e.g. zeros_like(reduce_sum(x, -1, {.keep_dims = true})) + ",
      row, " for x [batch, n]");
}

}  // namespace

Tensor fill(const Shape& shape, Operand value) {
  return ops::at_place(value.place(), [&] {
    require_known("fill", shape, "fill({units}, value)");
    const Tensor element = value.resolve();
    if (element.is_poison()) return element;
    base::require(element.rank() == 0, "fill", "value is ", element.text(),
                  ", expected a scalar; use broadcast_to");
    if (ops::kComputed.contains(element.dtype())) return broadcast_to(element, shape);
    return ops::fill_op({element}, {shape});
  });
}

Tensor zeros(const Shape& shape, DType dtype, Place place) {
  ops::at_place(place, [&] { require_known("zeros", shape, "zeros({units})"); });
  const Array zero = Array::zeros(dtype, Shape{});
  return fill(shape, Operand(zero, place));
}

Tensor ones(const Shape& shape, DType dtype, Place place) {
  return ops::at_place(place, [&] { return fill(shape, Operand(ops::one_of(dtype), place)); });
}

}  // namespace reckon
