// SPDX-License-Identifier: Apache-2.0
// Groups of Loop nodes that will run as one loop. Joining keeps the graph of groups free of cycles.
#pragma once

#include <vector>

#include "graph/function.h"
#include "passes/plan.h"

namespace reckon::passes {

class FusionGroups {
 public:
  explicit FusionGroups(const graph::Function& function);

  int32_t group(int32_t node) const { return group_[node]; }
  const std::vector<int32_t>& members(int32_t group) const { return members_[group]; }
  /// Joins the groups of two Loop nodes over the same dims, if the result is one loop that no path
  /// leaves and enters again, that reads no reduction of its own, and that is not too large. True
  /// if they are joined now.
  bool try_join(int32_t a, int32_t b);
  /// The function with each group as one Loop, in an order that data allow, oldest first.
  graph::Function build() const;

 private:
  bool fits(int32_t a, int32_t b) const;
  bool reads_own_reduction(int32_t a, int32_t b) const;
  bool may_have_outside_path(int32_t a, int32_t b);

  const graph::Function& function_;
  std::vector<int32_t> group_;
  std::vector<std::vector<int32_t>> members_;
  std::vector<int64_t> seen_;  ///< by group: the last search that met it
  int64_t search_ = 0;
  std::vector<std::vector<int32_t>> users_;  ///< by node: the nodes that read it
};

}  // namespace reckon::passes
