// SPDX-License-Identifier: Apache-2.0
// Rewriting a function in one walk: nodes are copied in order unless the visitor puts something
// else there.
#pragma once

#include <functional>
#include <vector>

#include "graph/function.h"
#include "passes/plan.h"

namespace reckon::passes {

class Rewriter {
 public:
  explicit Rewriter(const graph::Function& source);

  const graph::Function& source() const { return source_; }
  graph::Function& target() { return target_; }
  /// Where a value of the source stands in the target.
  graph::ValueId mapped(graph::ValueId value) const { return map_[value.node][value.output]; }
  /// Says that `value` of the source is now `replacement` of the target.
  void replace(graph::ValueId value, graph::ValueId replacement);
  /// Copies a node with its inputs mapped, and maps its outputs.
  void copy(int32_t node);
  /// `node` with its inputs mapped, not yet added.
  graph::Node mapped_node(int32_t node) const;
  graph::Function finish();

 private:
  const graph::Function& source_;
  graph::Function target_;
  std::vector<std::vector<graph::ValueId>> map_;
};

/// Visits each node; a visitor that returns false has the node copied.
using Visitor = std::function<bool(Rewriter&, int32_t node)>;
void rewrite(Plan& plan, const Visitor& visit);

/// How often each value is used, results included.
std::vector<std::vector<int32_t>> use_counts(const graph::Function& function);

}  // namespace reckon::passes
