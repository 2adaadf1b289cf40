// SPDX-License-Identifier: Apache-2.0
// GatherGradient: rows added up in a table of zeros. Along axis 0 it is kept as (ids, rows):
// optimizers that recognise it never make the table.
#include <cstring>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "graph/trace.h"
#include "kernels/move/sorted_rows.h"
#include "ops/axis.h"
#include "ops/dispatch.h"
#include "ops/rows/gather.h"
#include "ops/rows/gather_shape.h"

namespace reckon::ops {
namespace {

using kernels::Fault;

/// Columns of one part of the work: a part's table stays in a near cache.
constexpr int64_t kColumns = 64;

template <class T, class Index>
Fault scatter(const kernels::GatherShape& shape, int64_t width, const KernelCall& call) {
  const Index* ids = call.in<Index>(1);
  T* table = call.out<T>(0);
  std::memset(table, 0, static_cast<size_t>(call.outputs[0].elements) * sizeof(T));
  if (Fault fault = kernels::check_indices(ids, shape.batch * shape.count, shape.rows))
    return fault;
  const int64_t parts = (width + kColumns - 1) / kColumns;
  const auto work = [&](int64_t index) {
    const int64_t matrix = index / parts, first = index % parts * kColumns;
    kernels::scatter_add(call.in<T>(0) + matrix * shape.count * width,
                         ids + matrix / shape.outer * shape.count, shape.count, width, first,
                         std::min(width, first + kColumns), table + matrix * shape.rows * width);
  };
  const int64_t jobs = shape.batch * shape.outer * parts;
  if (call.pool != nullptr && jobs > 1 && call.inputs[0].elements > 16384) {
    call.pool->run(jobs, work);
  } else {
    for (int64_t i = 0; i < jobs; ++i) work(i);
  }
  return {};
}

Kernel scatter_kernel(const GatherNodeOptions& options, const KernelSpec& spec) {
  const int axis = gather_axis(options, spec.outputs[0]);
  return with_floating(spec.inputs[0].dtype, [&]<class T>(std::type_identity<T>) {
    return with_index(spec.inputs[1].dtype, [&]<class Index>(std::type_identity<Index>) -> Kernel {
      return {[axis, batch_dims = static_cast<int>(options.batch_dims)](const KernelCall& call) {
        const kernels::GatherShape shape =
            gather_shape(call.outputs[0], call.inputs[1], axis, batch_dims);
        return scatter<T, Index>(shape, shape.row_bytes / static_cast<int64_t>(sizeof(T)), call);
      }};
    });
  });
}

// Inputs: the gradient, the indices, and the table, of which only the shape is read.
const DefinedOp<GatherNodeOptions> gather_gradient_op = define<GatherNodeOptions>({
    .name = "GatherGradient",
    .inputs = {{"grad", kFloating}, {"indices", kIndices, 'i'}, {"like", kAnything, 'l'}},
    .attributes = {{"axis", &GatherNodeOptions::axis},
                   {"batch_dims", &GatherNodeOptions::batch_dims}},
    .infer = [](const GatherNodeOptions&, const graph::InferContext& context) -> graph::Types {
      return {{context.dtype(0), context.shape(2)}};
    },
    .gradient = [](const GatherNodeOptions& options, const Backward& b) -> Tensors {
      const GatherOptions same{static_cast<int>(options.axis),
                               static_cast<int>(options.batch_dims)};
      return {gather(b.grad(), b.input(1), same), Tensor(), Tensor()};
    },
    .kernel = scatter_kernel,
    .traits = {.is_shape_only = true, .may_fault = true},
});

bool has_known_rows(const Tensor& table) {
  for (int axis = 1; axis < table.rank(); ++axis) {
    if (table.shape()[axis] < 0) return false;
  }
  return true;
}

}  // namespace

Tensor gather_gradient(const Tensor& grad, const Tensor& ids, const Tensor& like,
                       GatherOptions options) {
  const bool is_rows = (options.axis == 0 || options.axis == -like.rank()) && has_known_rows(like);
  if (!is_rows) return gather_gradient_op({grad, ids, like}, {options.axis, options.batch_dims});
  Shape row = like.shape();
  row.set(0, -1);
  return table_of({reshape(ids, {-1}), ids.rank() == 1 ? grad : reshape(grad, row)}, like);
}

Tensor table_of(const RowGradient& rows, const Tensor& like) {
  const graph::PlaceScope place(rows.place, graph::PlaceScope::Rule::kForced);
  return gather_gradient_op({rows.rows, rows.ids, like}, {0, 0});
}

RowGradient row_gradient(const Tensor& grad) {
  const graph::Node& node = grad.function()->node(grad.id());
  if (!gather_gradient_op.made(node)) return {};
  const auto& options = node.as<GatherNodeOptions>();
  const Tensor ids(grad.module(), grad.function(), node.inputs[1]);
  // Only gather_gradient() makes nodes of axis 0 with flat ids, and it writes the axis as 0.
  if (options.axis != 0 || options.batch_dims != 0 || ids.rank() != 1) return {};
  return {ids, Tensor(grad.module(), grad.function(), node.inputs[0]), node.place};
}

}  // namespace reckon::ops
