// SPDX-License-Identifier: Apache-2.0
// ExtentProduct: how many elements a tensor has along some axes, for means over a size that is not
// known yet.
#include <utility>

#include <fmt/format.h>

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

/// The product, at most the largest number: a tensor may have such dimensions beside a zero.
int64_t product_of(const std::vector<int64_t>& axes, const int64_t* dims) {
  int64_t count = 1;
  for (int64_t axis : axes) {
    if (dims[axis] == 0) return 0;
    if (__builtin_mul_overflow(count, dims[axis], &count)) count = INT64_MAX;
  }
  return count;
}

/// The sizes of tensors, unlike other numbers, may not wrap.
bool count_fits(int64_t count, DType dtype) {
  return dtype != kInt32 || std::in_range<int32_t>(count);
}

std::string too_many(int64_t count) {
  return fmt::format("x has {} elements, more than int32 counts; pass kInt64 as dtype", count);
}

graph::Types infer_count(const ExtentProductOptions& options, const graph::InferContext& context) {
  const Shape& like = context.shape(0);
  if (like.is_static()) {
    const int64_t count = product_of(options.axes, like.begin());
    base::require(count_fits(count, options.dtype), "size", too_many(count));
  }
  return {{options.dtype, Shape{}}};
}

Kernel count_kernel(const ExtentProductOptions& options, const KernelSpec& spec) {
  const kernels::Fault::Origin as_size{"size", spec.node.name, spec.node.place};
  return {[axes = options.axes, dtype = options.dtype,
           as_size](const KernelCall& call) -> kernels::Fault {
    const int64_t count = product_of(axes, call.inputs[0].dims);
    if (!count_fits(count, dtype)) return kernels::Fault(too_many(count)).from(as_size);
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
    .infer = infer_count,
    .gradient = [](const ExtentProductOptions&, const Backward&) -> Tensors { return {Tensor()}; },
    .kernel = count_kernel,
    .traits = {.is_shape_only = true},
});

}  // namespace reckon::ops
