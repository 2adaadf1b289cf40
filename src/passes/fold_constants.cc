// SPDX-License-Identifier: Apache-2.0
// What depends on constants alone is computed once, when the plan is made: the build-placed ops.
#include <algorithm>

#include "graph/core_ops.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace reckon::passes {
namespace {

using graph::Node;
using graph::ValueId;

/// Larger results are left to the program: a constant costs memory for as long as the plan lives,
/// and an array made of one number costs the traffic that a broadcast saves.
constexpr int64_t kMaxElements = 1 << 20;

bool spreads_out(const Node& node, const graph::Function& target) {
  int64_t elements = 64;
  for (ValueId input : node.inputs)
    elements = std::max(elements, target.type(input).shape.num_elements());
  return node.outputs[0].shape.num_elements() > elements;
}

bool is_foldable(const Node& node, const graph::Function& target) {
  const graph::Traits& traits = node.op->traits;
  if (traits.is_leaf || traits.is_random || traits.is_stateful || traits.has_effect) return false;
  if (!node.subgraphs.empty() || node.outputs.empty()) return false;
  for (const graph::TensorType& type : node.outputs) {
    if (!type.shape.is_static() || type.shape.num_elements() > kMaxElements) return false;
  }
  const bool is_constant = std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) {
    return graph::is_constant(target.nodes[input.node]);
  });
  return is_constant && (node.inputs.empty() || !spreads_out(node, target));
}

/// A function of this node and its constants only.
graph::Function isolate(const Node& node, const graph::Function& target) {
  graph::Function alone("fold/" + node.name, target.module);
  Node copy = node;
  for (ValueId& input : copy.inputs) input = alone.add(target.nodes[input.node]);
  const ValueId id = alone.add(std::move(copy));
  for (int32_t i = 0; i < static_cast<int32_t>(node.outputs.size()); ++i)
    alone.results.push_back({id.node, i});
  return alone;
}

ValueId add_constant(graph::Function& target, const Node& node, Array value) {
  const graph::TensorType type{value.dtype(), value.shape()};
  return target.add({.op = &graph::constant_op,
                     .options = std::make_shared<const graph::ConstantOptions>(
                         graph::ConstantOptions{std::move(value)}),
                     .inputs = {},
                     .outputs = {type},
                     .subgraphs = {},
                     .name = node.name,
                     .place = node.place});
}

/// Empty if the data show a fault: the step that would show it stays, and may never run.
std::vector<Array> evaluate(const Node& node, const graph::Function& target,
                            const PassContext& context) {
  try {
    return context.evaluate(isolate(node, target));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidArgument) throw;
    return {};
  }
}

}  // namespace

void fold_constants(Plan& plan, const PassContext& context) {
  if (!context.evaluate) return;
  rewrite(plan, [&context](Rewriter& rewriter, int32_t index) {
    const Node node = rewriter.mapped_node(index);
    if (!is_foldable(node, rewriter.target())) return false;
    const std::vector<Array> values = evaluate(node, rewriter.target(), context);
    if (values.empty()) return false;
    for (int32_t i = 0; i < static_cast<int32_t>(values.size()); ++i) {
      rewriter.replace({index, i}, add_constant(rewriter.target(), node, values[i]));
    }
    return true;
  });
}

}  // namespace reckon::passes
