// SPDX-License-Identifier: Apache-2.0
#include "passes/alias.h"

#include "graph/core_ops.h"
#include "passes/loop.h"

namespace reckon::passes {

using graph::Function;
using graph::Node;
using graph::ValueId;

ValueId alias_root(const Function& function, ValueId value) {
  while (function.node(value).op->traits.is_view) value = function.node(value).inputs[0];
  return value;
}

int32_t aliased_variable(const Function& function, ValueId value) {
  const Node& node = function.node(alias_root(function, value));
  return node.op == &graph::variable_op
             ? static_cast<int32_t>(node.as<graph::VariableOptions>().variable)
             : -1;
}

bool may_overwrite(const Function& function, const Node& node, int32_t output, int32_t input) {
  const graph::TensorType& type = function.type(node.inputs[input]);
  if (is_loop(node)) {
    const LoopOptions& loop = loop_options(node);
    return !loop.is_reduced(output) && is_identity(type.shape, loop.dims) &&
           dtype_size(type.dtype) == dtype_size(node.outputs[output].dtype);
  }
  if (node.op == &loop_table_op()) {
    const auto& table = node.as<LoopTableOptions>();
    const auto outputs = static_cast<int64_t>(table.program.outputs.size());
    return input / table.arrays == output / outputs &&
           input < table.arrays * static_cast<int64_t>(table.lengths.size());
  }
  return node.op->traits.is_in_place && input == output;
}

}  // namespace reckon::passes
