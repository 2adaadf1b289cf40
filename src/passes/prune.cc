// SPDX-License-Identifier: Apache-2.0
// Nodes that no result needs are dropped; parameters stay, so that feeds keep their numbers.
#include "graph/core_ops.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace reckon::passes {

void prune(Plan& plan, const PassContext&) {
  const graph::Function& function = plan.function;
  std::vector<bool> needed(function.nodes.size(), false);
  for (graph::ValueId result : function.results) needed[result.node] = true;
  for (int32_t i = function.size() - 1; i >= 0; --i) {
    if (!needed[i]) continue;
    for (graph::ValueId input : function.nodes[i].inputs) needed[input.node] = true;
  }
  rewrite(plan, [&needed](Rewriter& rewriter, int32_t index) {
    return !needed[index] && rewriter.source().nodes[index].op != &graph::parameter_op;
  });
}

}  // namespace reckon::passes
