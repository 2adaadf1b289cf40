// SPDX-License-Identifier: Apache-2.0
// ArgMax and ArgMin: the position of an extreme along an axis; ties go to the lower index.
#include <utility>

#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "kernels/move/extremes.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/row_chunks.h"

namespace reckon::ops {
namespace {

constexpr DTypeSet kOrdered = {kFloat32, kFloat64, kInt8,   kInt16,  kInt32, kInt64,
                               kUInt8,   kUInt16,  kUInt32, kUInt64, kBool};

struct ArgOptions {
  int64_t axis = 0;  ///< as the user wrote it
  DType dtype = kInt64;
};

bool fits(int64_t extent, DType dtype) { return dtype == kInt64 || std::in_range<int32_t>(extent); }

std::string too_long(int64_t extent) {
  return base::concat_text("the axis has ", extent,
                           " elements, more than int32 counts; pass kInt64 as dtype");
}

graph::Types infer_arg(const char* where, const ArgOptions& options,
                       const graph::InferContext& context) {
  const graph::TensorType& x = context.inputs[0];
  base::require(kIndices.contains(options.dtype), where, "dtype is ", options.dtype, ", expected ",
                kIndices.text(), "; cast the result");
  const int axis = normal_axis(where, options.axis, x);
  base::require(x.shape[axis] != 0, where, "axis ", options.axis, " of ", graph::type_text(x),
                " is empty; there is no position to return");
  base::require(x.shape[axis] < 0 || fits(x.shape[axis], options.dtype), where,
                too_long(x.shape[axis]));
  Shape shape;
  for (int i = 0; i < x.shape.rank(); ++i) {
    if (i != axis) shape.append(x.shape[i]);
  }
  return {{options.dtype, shape}};
}

template <class T, class Index>
using ArgFunction = void (*)(const T*, Index*, int64_t outer, int64_t extent, int64_t inner);

template <class T, class Index>
Kernel arg_kernel(ArgFunction<T, Index> function, int axis) {
  return {[function, axis](const KernelCall& call) {
    const View& x = call.inputs[0];
    const int64_t outer = count_elements(x.dims, 0, axis), extent = x.dims[axis];
    const int64_t inner = count_elements(x.dims, axis + 1, x.rank);
    if (extent == 0)
      return kernels::Fault(
          "the axis is empty in this batch, expected one element or more; ask under cond");
    if (!std::in_range<Index>(extent)) return kernels::Fault(too_long(extent));
    for_row_chunks(call.pool, outer, extent * inner, [&](int64_t first, int64_t last) {
      function(call.in<T>(0) + first * extent * inner, call.out<Index>(0) + first * inner,
               last - first, extent, inner);
    });
    return kernels::Fault();
  }};
}

Kernel make_kernel(bool is_max, const ArgOptions& options, const KernelSpec& spec) {
  const int axis = normal_axis("arg", options.axis, spec.inputs[0]);
  return with_number(spec.inputs[0].dtype, [&]<class T>(std::type_identity<T>) {
    return with_index(options.dtype, [&]<class Index>(std::type_identity<Index>) {
      return arg_kernel<T, Index>(is_max ? kernels::argmax<T, Index> : kernels::argmin<T, Index>,
                                  axis);
    });
  });
}

Definition<ArgOptions> definition_of(const char* name, const char* where, bool is_max) {
  return {
      .name = name,
      .inputs = {{"x", kOrdered}},
      .attributes = {{"axis", &ArgOptions::axis}, {"dtype", &ArgOptions::dtype}},
      .infer =
          [where](const ArgOptions& options, const graph::InferContext& context) {
            return infer_arg(where, options, context);
          },
      // A position is an integer: nothing flows back.
      .gradient = [](const ArgOptions&, const Backward&) -> Tensors { return {Tensor()}; },
      .kernel = [is_max](const ArgOptions& options,
                         const KernelSpec& spec) { return make_kernel(is_max, options, spec); },
  };
}

const DefinedOp<ArgOptions> argmax_op = define(definition_of("Argmax", "argmax", true));
const DefinedOp<ArgOptions> argmin_op = define(definition_of("Argmin", "argmin", false));

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor argmax(Operand x, Integer axis, DType dtype) { return ops::argmax_op({x}, {axis, dtype}); }
Tensor argmin(Operand x, Integer axis, DType dtype) { return ops::argmin_op({x}, {axis, dtype}); }

}  // namespace reckon
