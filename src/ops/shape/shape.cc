// SPDX-License-Identifier: Apache-2.0
// Shape: the extents of a tensor as a tensor; size() and rank() beside it.
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <reckon/shape_ops.h>
#include "graph/core_ops.h"
#include "ops/at_place.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/gradient_support.h"

namespace reckon::ops {
namespace {

struct ExtentsOptions {
  DType dtype = kInt32;
};

bool extent_fits(int64_t extent, DType dtype) {
  return dtype == kInt64 || std::in_range<int32_t>(extent);
}

std::string extent_too_long(int64_t extent) {
  return fmt::format("a dimension has {} elements, more than int32 counts; pass kInt64 as dtype",
                     extent);
}

const DefinedOp<ExtentsOptions> shape_op = define<ExtentsOptions>({
    .name = "Shape",
    .inputs = {{"x", kAnything}},
    .attributes = {{"dtype", &ExtentsOptions::dtype}},
    .infer = [](const ExtentsOptions& options, const graph::InferContext& context) -> graph::Types {
      for (int64_t dim : context.shape(0)) {
        base::require(dim < 0 || extent_fits(dim, options.dtype), "shape", extent_too_long(dim));
      }
      return {{options.dtype, Shape{context.shape(0).rank()}}};
    },
    // Never asked for a value: nothing flows through integers.
    .gradient = [](const ExtentsOptions&, const Backward&) -> Tensors { return {Tensor()}; },
    .kernel =
        [](const ExtentsOptions& options, const KernelSpec&) {
          return with_index(options.dtype, []<class T>(std::type_identity<T>) -> Kernel {
            return {[](const KernelCall& call) {
              const View& x = call.inputs[0];
              for (int axis = 0; axis < x.rank; ++axis) {
                if (!std::in_range<T>(x.dims[axis])) return kernels::Fault(extent_too_long(x.dims[axis]));
                call.out<T>(0)[axis] = static_cast<T>(x.dims[axis]);
              }
              return kernels::Fault();
            }};
          });
        },
    .traits = {.is_shape_only = true},
});

void check_dtype(const char* where, DType dtype) {
  base::require(kIndices.contains(dtype), where, "dtype is ", dtype, ", expected ", kIndices.text(),
                "; pass one");
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor shape(Operand x, DType dtype) {
  return ops::at_place(x.place(), [&] {
    ops::check_dtype("shape", dtype);
    return ops::shape_op({x}, {dtype});
  });
}

Tensor size(Operand x, DType dtype) {
  return ops::at_place(x.place(), [&] {
    ops::check_dtype("size", dtype);
    const Tensor value = x.resolve();
    if (value.is_poison()) return value;
    std::vector<int64_t> axes(value.rank());
    std::iota(axes.begin(), axes.end(), 0);
    return ops::extent_product(value, axes, dtype);
  });
}

Tensor rank(Operand x) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve();
    return value.is_poison()
               ? value
               : graph::constant_node(Array::scalar<int32_t>(value.rank()), x.place());
  });
}

}  // namespace reckon
