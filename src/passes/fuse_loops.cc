// SPDX-License-Identifier: Apache-2.0
// Loop fusion: a producer joins its consumer, and neighbours that read the same array join each
// other. Every element keeps its arithmetic, every reduction its order: fusion never changes a bit.
#include "passes/fusion_groups.h"
#include "passes/loop.h"
#include "passes/passes.h"

namespace reckon::passes {
namespace {

using graph::Node;
using graph::ValueId;

bool allowed(const Node& node, bool with_reductions) {
  return is_loop(node) && (with_reductions || !loop_options(node).has_reduction());
}

void fuse(Plan& plan, bool with_reductions) {
  FusionGroups groups(plan.function);
  const graph::Function& function = plan.function;
  for (int32_t i = 0; i < function.size(); ++i) {
    if (!allowed(function.nodes[i], with_reductions)) continue;
    for (ValueId input : function.nodes[i].inputs) {
      if (allowed(function.nodes[input.node], with_reductions)) groups.try_join(input.node, i);
    }
  }
  // Neighbours: the first reader of each array that is as large as its loop, with each later one.
  std::vector<int32_t> first_reader(function.nodes.size(), -1);
  for (int32_t i = 0; i < function.size(); ++i) {
    if (!allowed(function.nodes[i], with_reductions)) continue;
    for (ValueId input : function.nodes[i].inputs) {
      if (!is_identity(function.type(input).shape, loop_options(function.nodes[i]).dims)) continue;
      int32_t& first = first_reader[input.node];
      if (first < 0)
        first = i;
      else
        groups.try_join(first, i);
    }
  }
  plan.function = groups.build();
}

}  // namespace

void fuse_elementwise(Plan& plan, const PassContext&) { fuse(plan, false); }
void fuse_reductions(Plan& plan, const PassContext&) { fuse(plan, true); }

}  // namespace reckon::passes
