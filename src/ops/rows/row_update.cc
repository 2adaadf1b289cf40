// SPDX-License-Identifier: Apache-2.0
// Touched rows are gathered in blocks that stay in a near cache, updated by one loop and written
// back. Blocks follow from counts alone, so the bits do not depend on threads.
#include "ops/rows/row_update.h"

#include <cstring>

#include "base/scratch_layout.h"
#include "expr/builder.h"
#include "graph/trace.h"
#include "kernels/loop/fused_loop.h"
#include "kernels/move/sorted_rows.h"
#include "kernels/move/strided_copy.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/lanes.h"

namespace reckon::ops {
namespace {

using graph::ValueId;
using kernels::Fault;

/// Inputs: table, slots, ids, rows, scalars. Outputs: table, slots.
struct RowUpdateOptions {
  int64_t slots = 0;
  int64_t scalars = 0;

  int tables() const { return 1 + static_cast<int>(slots); }
  int ids() const { return tables(); }
  int rows() const { return tables() + 1; }
  int first_scalar() const { return tables() + 2; }
};

// --- Shape

graph::Types infer_row_update(const RowUpdateOptions& options, const graph::InferContext& context) {
  const graph::TensorType& table = context.inputs[0];
  for (const graph::TensorType& input : context.inputs) {
    base::require(input.dtype == table.dtype || &input == &context.inputs[options.ids()],
                  "row_update", "an input is ", graph::type_text(input), ", the table ",
                  graph::type_text(table), "; all but the ids need one dtype");
  }
  Shape row = table.shape;
  if (row.rank() > 0) row.set(0, kUnknown);
  for (int i = 1; i < options.tables(); ++i) {
    base::require(context.inputs[i] == table, "row_update", "a slot is ",
                  graph::type_text(context.inputs[i]), ", the table ", graph::type_text(table),
                  "; both need one shape");
  }
  base::require(table.shape.rank() > 0 && may_be_equal(row, context.shape(options.rows())),
                "row_update", "rows is ", graph::type_text(context.inputs[options.rows()]),
                ", the table ", graph::type_text(table),
                "; they must agree but for the first dimension");
  return {context.inputs.begin(), context.inputs.begin() + options.tables()};
}

// --- The rule as one loop over [rows, width]

/// Inputs of the rule: row, grad, slots, scalars.
expr::Program rule_program(const graph::Function& rule, expr::Lane lane) {
  expr::Builder builder;
  std::vector<expr::Expr> values;
  for (size_t i = 0; i < rule.parameters.size(); ++i) values.push_back(builder.input(lane));
  std::vector<expr::Expr> by_node;
  for (const graph::Node& node : rule.nodes) {
    if (node.op == &graph::parameter_op) {
      by_node.push_back(values[node.as<graph::ParameterOptions>().index]);
      continue;
    }
    if (graph::is_constant(node)) {
      const Array& number = graph::constant_value(node);
      base::require(number.num_elements() == 1, "row_update", node.name, " is ", number.text(),
                    ", expected single numbers as constants of the rule");
      by_node.push_back(builder.constant(number.item<double>(), lane_of(number.dtype())));
      continue;
    }
    const OpDef* op = definition(node);
    base::require(op != nullptr && op->is_elementwise() && !op->uses_index, "row_update", node.name,
                  " (", node.op->where, ") is not element-wise; the rule for a row must be");
    std::vector<expr::Expr> inputs;
    for (ValueId input : node.inputs) inputs.push_back(by_node[input.node]);
    by_node.push_back(
        builder.adopt(op->forward(node.options.get(), inputs)[0], lane_of(node.outputs[0].dtype)));
  }
  std::vector<expr::Expr> results;
  for (ValueId result : rule.results) results.push_back(builder.adopt(by_node[result.node], lane));
  return builder.finish(results);
}

kernels::FusedLoop rule_loop(const RowUpdateOptions& options, const graph::Function& rule,
                             expr::Lane lane, int64_t rows, int64_t width) {
  kernels::LoopSpec spec{rule_program(rule, lane), {rows, width}, {}, {}};
  for (int i = 0; i < 2 + options.slots; ++i) spec.input_strides.push_back({width, 1});
  for (int i = 0; i < options.scalars; ++i) spec.input_strides.push_back({0, 0});
  spec.outputs.resize(options.tables());
  return kernels::FusedLoop(std::move(spec));
}

// --- Kernel

/// Rows of one block: gathered tables and sums stay in a near cache.
constexpr int64_t kBlockElements = 4096;
constexpr int kMaxTables = 8, kMaxScalars = 16;

/// Where things lie in the scratch of one call.
struct Layout {
  Layout(const RowUpdateOptions& options, int64_t count, int64_t width, size_t element)
      : block(std::max<int64_t>(1, std::min(std::max<int64_t>(1, count),
                                            kBlockElements / std::max<int64_t>(1, width)))),
        parts(std::clamp<int64_t>(count / (4 * block), 1, 16)),
        part_bytes(static_cast<size_t>((1 + options.tables()) * block * width) * element) {
    part_bytes = base::whole_lines(part_bytes);
    base::ScratchLayout layout;
    layout.add(static_cast<size_t>(parts) * part_bytes);
    order = layout.add(static_cast<size_t>(count) * sizeof(int32_t));
    starts = layout.add(static_cast<size_t>(count + 1) * sizeof(int32_t));
    unique = layout.add(kernels::unique_rows_scratch_bytes(count));
    total = layout.total();
  }
  int64_t block;      ///< rows
  int64_t parts;      ///< jobs for the pool; groups are dealt to them by number
  size_t part_bytes;  ///< sums, then a block of each table
  size_t order, starts, unique, total;
};

/// What one run works on.
template <class T, class Index>
struct Work {
  const RowUpdateOptions& options;
  const kernels::FusedLoop& loop;
  const Layout& layout;
  const KernelCall& call;
  const int32_t* order;
  const int32_t* starts;
  int64_t groups, width;

  int64_t id(int64_t group) const { return call.in<Index>(options.ids())[order[starts[group]]]; }

  /// Groups first … last - 1, at most a block of them, in a part's own scratch.
  void update(int64_t first, int64_t last, T* scratch) const {
    const size_t row_bytes = static_cast<size_t>(width) * sizeof(T);
    const int64_t stride = layout.block * width;
    // Counted from `first`, so that the sums of a block begin at the scratch's start.
    kernels::segment_sum(call.in<T>(options.rows()), width, order, starts + first, 0, last - first,
                         scratch);
    const void* in[2 + kMaxTables + kMaxScalars];
    void* out[kMaxTables];
    for (int table = 0; table < options.tables(); ++table) {
      T* rows = scratch + (1 + table) * stride;
      for (int64_t group = first; group < last; ++group) {
        std::memcpy(rows + (group - first) * width, call.out<T>(table) + id(group) * width,
                    row_bytes);
      }
      out[table] = rows;
      in[table == 0 ? 0 : 1 + table] = rows;
    }
    in[1] = scratch;
    for (int i = 0; i < options.scalars; ++i) {
      in[1 + options.tables() + i] = call.inputs[options.first_scalar() + i].data;
    }
    // Floating arithmetic has no faults: the result needs no look.
    (void)loop.run(in, out, last - first);
    for (int table = 0; table < options.tables(); ++table) {
      const T* rows = scratch + (1 + table) * stride;
      for (int64_t group = first; group < last; ++group) {
        std::memcpy(call.out<T>(table) + id(group) * width, rows + (group - first) * width,
                    row_bytes);
      }
    }
  }

  void run() const {
    const int64_t blocks = (groups + layout.block - 1) / layout.block;
    const auto part = [&](int64_t index) {
      T* scratch = reinterpret_cast<T*>(static_cast<char*>(call.scratch) +
                                        static_cast<size_t>(index) * layout.part_bytes);
      for (int64_t block = index; block < blocks; block += layout.parts) {
        const int64_t first = block * layout.block;
        update(first, std::min(groups, first + layout.block), scratch);
      }
    };
    if (call.pool != nullptr && layout.parts > 1) {
      call.pool->run(layout.parts, part);
    } else {
      for (int64_t index = 0; index < layout.parts; ++index) part(index);
    }
  }
};

template <class T, class Index>
Fault run_row_update(const RowUpdateOptions& options, const kernels::FusedLoop& loop,
                     const Layout& layout, int64_t width, const KernelCall& call) {
  for (int table = 0; table < options.tables(); ++table) {
    const View& in = call.inputs[table];
    if (in.data == call.outputs[table].data || in.elements == 0) continue;
    std::memcpy(call.outputs[table].data, in.data, static_cast<size_t>(in.elements) * sizeof(T));
  }
  const Index* ids = call.in<Index>(options.ids());
  const int64_t count = call.inputs[options.ids()].elements;
  char* scratch = static_cast<char*>(call.scratch);
  auto* order = reinterpret_cast<int32_t*>(scratch + layout.order);
  auto* starts = reinterpret_cast<int32_t*>(scratch + layout.starts);
  const int64_t groups = kernels::unique_rows(ids, count, order, starts, scratch + layout.unique);
  Work<T, Index>{options, loop, layout, call, order, starts, groups, width}.run();
  return {};
}

Kernel row_update_kernel(const RowUpdateOptions& options, const KernelSpec& spec) {
  const graph::TensorType& table = spec.inputs[0];
  RECKON_CHECK(options.tables() <= kMaxTables && options.scalars <= kMaxScalars);
  const int64_t width = count_elements(table.shape.begin(), 1, table.shape.rank());
  const int64_t count = spec.bound(spec.inputs[options.ids()].shape).num_elements();
  base::require(std::in_range<int32_t>(count), "row_update", "the gradient has ", count,
                " rows, expected fewer than 2^31; use smaller batches");
  const Layout layout(options, count, width, dtype_size(table.dtype));
  auto loop = std::make_shared<const kernels::FusedLoop>(
      rule_loop(options, *spec.node.subgraphs[0], lane_of(table.dtype), layout.block, width));
  return with_floating(table.dtype, [&]<class T>(std::type_identity<T>) {
    return with_index(
        spec.inputs[options.ids()].dtype, [&]<class Index>(std::type_identity<Index>) -> Kernel {
          return {[options, loop, layout, width](const KernelCall& call) {
                    return run_row_update<T, Index>(options, *loop, layout, width, call);
                  },
                  layout.total};
        });
  });
}

const DefinedOp<RowUpdateOptions> row_update_op = define<RowUpdateOptions>({
    .name = "RowUpdate",
    .inputs = {{"value", kAnything, 'x', true}},
    .attributes = {{"slots", &RowUpdateOptions::slots}, {"scalars", &RowUpdateOptions::scalars}},
    .infer = infer_row_update,
    .kernel = row_update_kernel,
    .traits = {.is_in_place = true},
});

/// Ids that are rows of the table: before the step's first update, so that this op need not look.
const DefinedOp<graph::NoOptions> row_ids_op = define<graph::NoOptions>({
    .name = "RowIds",
    .inputs = {{"ids", kIndices, 'i'}, {"table", kAnything, 't'}},
    .infer = rule(infer_same_as_first),
    .kernel = [](const graph::NoOptions&, const KernelSpec& spec) -> Kernel {
      return with_index(spec.inputs[0].dtype,
                        [&]<class Index>(std::type_identity<Index>) -> Kernel {
                          return {[](const KernelCall& call) -> Fault {
                            const Index* ids = call.in<Index>(0);
                            const int64_t count = call.inputs[0].elements;
                            if (count > 0)
                              std::memcpy(call.out<Index>(0), ids, count * sizeof(Index));
                            return kernels::check_indices(ids, count, call.inputs[1].dims[0]);
                          }};
                        });
    },
    .traits = {.is_shape_only = true, .may_fault = true},
});

/// The rule, traced once on single rows.
std::shared_ptr<graph::Function> trace_rule(const Tensor& table, size_t slots,
                                            const Tensors& scalars, const RowRule& rule) {
  Shape row_shape;
  for (int axis = 1; axis < table.rank(); ++axis) row_shape.append(table.shape()[axis]);
  const graph::TensorType row_type{table.dtype(), row_shape};
  graph::SubgraphScope scope("row_rule");
  const Tensor row = scope.parameter(row_type, "row"), grad = scope.parameter(row_type, "grad");
  Tensors slot_rows, numbers;
  for (size_t i = 0; i < slots; ++i) slot_rows.push_back(scope.parameter(row_type, "slot"));
  for (const Tensor& scalar : scalars)
    numbers.push_back(scope.parameter({scalar.dtype(), Shape{}}, "scalar"));
  const Tensors results = rule(row, grad, slot_rows, numbers);
  RECKON_CHECK(results.size() == 1 + slots);
  for (const Tensor& result : results) scope.function()->results.push_back(result.id());
  RECKON_CHECK(scope.function()->captures.empty() && "a rule uses only what it is given");
  return scope.function();
}

}  // namespace

Tensors row_update(const Tensor& table, const Tensors& slots, const RowGradient& grad,
                   const Tensors& scalars, const RowRule& rule) {
  RowUpdateOptions options{static_cast<int64_t>(slots.size()),
                           static_cast<int64_t>(scalars.size())};
  Tensors inputs = {table};
  inputs.insert(inputs.end(), slots.begin(), slots.end());
  // Not minimize's line: a wrong id came from the line that took the rows.
  const graph::PlaceScope place(grad.place, graph::PlaceScope::Rule::kForced);
  inputs.insert(inputs.end(), {row_ids_op({grad.ids, table}), grad.rows});
  inputs.insert(inputs.end(), scalars.begin(), scalars.end());
  // Not by apply(): operands of a variadic input would need one dtype.
  return graph::add_node(row_update_op.def(), graph::make_options(options), inputs, table.place(),
                         {trace_rule(table, slots.size(), scalars, rule)}, options.tables());
}

}  // namespace reckon::ops
