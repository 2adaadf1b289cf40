// SPDX-License-Identifier: Apache-2.0
#include "passes/rewrite.h"

#include "base/check.h"
#include "graph/core_ops.h"

namespace reckon::passes {

using graph::Function;
using graph::Node;
using graph::ValueId;

Rewriter::Rewriter(const Function& source) : source_(source), target_(source.name, source.module) {
  target_.extents = source.extents;
  target_.parameters.resize(source.parameters.size());
  map_.resize(source.nodes.size());
  for (size_t i = 0; i < map_.size(); ++i) map_[i].resize(source.nodes[i].outputs.size());
}

void Rewriter::replace(ValueId value, ValueId replacement) {
  map_[value.node][value.output] = replacement;
}

Node Rewriter::mapped_node(int32_t index) const {
  Node node = source_.nodes[index];
  for (ValueId& input : node.inputs) {
    input = mapped(input);
    RECKON_CHECK(input.node >= 0);
  }
  return node;
}

void Rewriter::copy(int32_t index) {
  const ValueId id = target_.add(mapped_node(index));
  const Node& node = target_.nodes[id.node];
  for (int32_t output = 0; output < static_cast<int32_t>(node.outputs.size()); ++output) {
    map_[index][output] = {id.node, output};
  }
  if (node.op == &graph::parameter_op) {
    target_.parameters[node.as<graph::ParameterOptions>().index] = id;
  }
}

Function Rewriter::finish() {
  for (ValueId result : source_.results) target_.results.push_back(mapped(result));
  return std::move(target_);
}

void rewrite(Plan& plan, const Visitor& visit) {
  Rewriter rewriter(plan.function);
  for (int32_t i = 0; i < plan.function.size(); ++i) {
    if (!visit(rewriter, i)) rewriter.copy(i);
  }
  plan.function = rewriter.finish();
}

std::vector<std::vector<int32_t>> use_counts(const Function& function) {
  std::vector<std::vector<int32_t>> counts(function.nodes.size());
  for (size_t i = 0; i < counts.size(); ++i) counts[i].resize(function.nodes[i].outputs.size());
  for (const Node& node : function.nodes) {
    for (ValueId input : node.inputs) ++counts[input.node][input.output];
  }
  for (ValueId result : function.results) ++counts[result.node][result.output];
  return counts;
}

}  // namespace reckon::passes
