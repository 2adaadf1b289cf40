// SPDX-License-Identifier: Apache-2.0
// Gather: rows by number along any axis, with batch dimensions.
#include "ops/rows/gather.h"

#include "kernels/move/strided_copy.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/rows/gather_shape.h"

namespace reckon::ops {
namespace {

using kernels::Fault;

graph::Types infer_gather(const GatherNodeOptions& options, const graph::InferContext& context) {
  const Shape &params = context.shape(0), &indices = context.shape(1);
  const auto texts = [&context] {
    return "params is " + graph::type_text(context.inputs[0]) + ", indices is " +
           graph::type_text(context.inputs[1]);
  };
  const int axis = gather_axis(options, context.inputs[0]);
  base::require(
      options.batch_dims >= 0 && options.batch_dims <= std::min<int64_t>(axis, indices.rank()),
      "gather", texts(), ", batch_dims is ", options.batch_dims, ", expected one in [0, ",
      std::min<int64_t>(axis, indices.rank()),
      "], which axis and the rank of indices limit; pass one of these");
  Shape shape;
  for (int i = 0; i < options.batch_dims; ++i) {
    base::require(may_be_equal(params[i], indices[i]), "gather", "batches differ: ", texts(),
                  "; the first ", options.batch_dims, " dimensions must be equal");
  }
  for (int i = 0; i < axis; ++i) shape.append(params[i]);
  for (int i = static_cast<int>(options.batch_dims); i < indices.rank(); ++i)
    shape.append(indices[i]);
  for (int i = axis + 1; i < params.rank(); ++i) shape.append(params[i]);
  return {{context.dtype(0), shape}};
}

Kernel gather_kernel(const GatherNodeOptions& options, const KernelSpec& spec) {
  const int axis = gather_axis(options, spec.inputs[0]);
  return with_index(spec.inputs[1].dtype, [&]<class Index>(std::type_identity<Index>) -> Kernel {
    return {
        [axis, batch_dims = static_cast<int>(options.batch_dims)](const KernelCall& call) -> Fault {
          if (Fault fault = check_equal_dims(call.inputs[0], 0, call.inputs[1], 0, batch_dims))
            return fault;
          const kernels::GatherShape shape =
              gather_shape(call.inputs[0], call.inputs[1], axis, batch_dims);
          return kernels::gather_rows(shape, call.inputs[0].data, call.in<Index>(1),
                                      call.outputs[0].data);
        }};
  });
}

const DefinedOp<GatherNodeOptions> gather_op = define<GatherNodeOptions>({
    .name = "Gather",
    .inputs = {{"params", kAnything}, {"indices", kIndices, 'i'}},
    .attributes = {{"axis", &GatherNodeOptions::axis},
                   {"batch_dims", &GatherNodeOptions::batch_dims}},
    .infer = infer_gather,
    .gradient = [](const GatherNodeOptions& options, const Backward& b) -> Tensors {
      return {
          gather_gradient(b.grad(), b.input(1), b.input(0),
                          {static_cast<int>(options.axis), static_cast<int>(options.batch_dims)}),
          Tensor()};
    },
    .kernel = gather_kernel,
    .traits = {.may_fault = true},
});

}  // namespace

int gather_axis(const GatherNodeOptions& options, const graph::TensorType& params) {
  base::require(params.shape.rank() > 0, "gather", "params is ", graph::type_text(params),
                ", expected one dimension or more; reshape it to [1]");
  return normal_axis("gather", options.axis, params);
}

kernels::GatherShape gather_shape(const View& table, const View& indices, int axis,
                                  int batch_dims) {
  return {.batch = count_elements(table.dims, 0, batch_dims),
          .outer = count_elements(table.dims, batch_dims, axis),
          .rows = table.dims[axis],
          .count = count_elements(indices.dims, batch_dims, indices.rank),
          .row_bytes = count_elements(table.dims, axis + 1, table.rank) *
                       static_cast<int64_t>(dtype_size(table.dtype))};
}

}  // namespace reckon::ops

namespace reckon {

Tensor gather(Operand params, Operand indices, GatherOptions options) {
  return ops::gather_op({params, indices}, {options.axis, options.batch_dims});
}

}  // namespace reckon
