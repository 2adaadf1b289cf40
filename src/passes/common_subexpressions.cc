// SPDX-License-Identifier: Apache-2.0
// Equal nodes of equal inputs become one. Random and stateful nodes differ even if they look alike.
#include <unordered_map>

#include "graph/core_ops.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace reckon::passes {
namespace {

using graph::Node;

bool is_mergeable(const Node& node) {
  const graph::Traits& traits = node.op->traits;
  return node.op != &graph::parameter_op && !traits.is_random && !traits.is_stateful &&
         !traits.has_effect && node.subgraphs.empty();
}

uint64_t node_hash(const Node& node) {
  base::Hasher hasher;
  hasher.add(node.op->name);
  node.op->hash_options(node.options, hasher);
  for (graph::ValueId input : node.inputs) {
    hasher.add(static_cast<int64_t>(input.node));
    hasher.add(static_cast<int64_t>(input.output));
  }
  return hasher.value();
}

bool is_same(const Node& a, const Node& b) {
  return a.op == b.op && a.inputs == b.inputs && a.outputs == b.outputs &&
         a.op->equal_options(a.options, b.options);
}

/// Commutative ops take their first two inputs in one order.
void order_inputs(Node& node) {
  if (!node.op->traits.is_commutative || node.inputs.size() < 2) return;
  const auto before = [](graph::ValueId a, graph::ValueId b) {
    return a.node != b.node ? a.node < b.node : a.output < b.output;
  };
  if (before(node.inputs[1], node.inputs[0])) std::swap(node.inputs[0], node.inputs[1]);
}

}  // namespace

void common_subexpressions(Plan& plan, const PassContext&) {
  std::unordered_multimap<uint64_t, int32_t> known;
  rewrite(plan, [&known](Rewriter& rewriter, int32_t index) {
    Node node = rewriter.mapped_node(index);
    if (!is_mergeable(node)) return false;
    Node ordered = node;
    order_inputs(ordered);
    const uint64_t hash = node_hash(ordered);
    const auto [first, last] = known.equal_range(hash);
    int32_t found = -1;
    for (auto entry = first; entry != last && found < 0; ++entry) {
      Node other = rewriter.target().nodes[entry->second];
      order_inputs(other);
      if (is_same(ordered, other)) found = entry->second;
    }
    if (found < 0) {
      found = rewriter.target().add(std::move(node)).node;
      known.emplace(hash, found);
    }
    const auto outputs = static_cast<int32_t>(rewriter.target().nodes[found].outputs.size());
    for (int32_t i = 0; i < outputs; ++i) rewriter.replace({index, i}, {found, i});
    return true;
  });
}

}  // namespace reckon::passes
