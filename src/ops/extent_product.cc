// SPDX-License-Identifier: Apache-2.0
// ExtentProduct: how many elements a tensor has along some axes, for means over a size that is not
// known yet.
#include "base/check.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

/// Writes `count` as one element of `dtype`.
void write_count(int64_t count, DType dtype, void* out) {
  switch (dtype) {
    case kFloat32:
      *static_cast<float*>(out) = static_cast<float>(count);
      return;
    case kFloat64:
      *static_cast<double*>(out) = static_cast<double>(count);
      return;
    case kInt32:
      *static_cast<int32_t*>(out) = static_cast<int32_t>(count);
      return;
    case kInt64:
      *static_cast<int64_t*>(out) = count;
      return;
    case kUInt8:
      *static_cast<uint8_t*>(out) = static_cast<uint8_t>(count);
      return;
    default:
      break;
  }
  base::fail(ErrorCode::kInternal, "extent_product", "no count is ", dtype, "; please report this");
}

Kernel count_kernel(const ExtentProductOptions& options, const KernelSpec&) {
  return {[axes = options.axes, dtype = options.dtype](const KernelCall& call) -> kernels::Fault {
    int64_t count = 1;
    for (int64_t axis : axes) count *= call.inputs[0].dims[axis];
    write_count(count, dtype, call.outputs[0].data);
    return {};
  }};
}

}  // namespace

Array count_array(int64_t count, DType dtype) {
  Array array = Array::zeros(dtype, {});
  write_count(count, dtype, array.mutable_raw());
  return array;
}

const DefinedOp<ExtentProductOptions> extent_product_op = define<ExtentProductOptions>({
    .name = "ExtentProduct",
    .inputs = {{"like", kAnything}},
    .attributes = {{"axes", &ExtentProductOptions::axes}, {"dtype", &ExtentProductOptions::dtype}},
    .infer = [](const ExtentProductOptions& options, const graph::InferContext&) -> graph::Types {
      return {{options.dtype, Shape{}}};
    },
    .gradient = [](const ExtentProductOptions&, const Backward&) -> Tensors { return {Tensor()}; },
    .kernel = count_kernel,
    .traits = {.is_shape_only = true},
});

}  // namespace reckon::ops
