// SPDX-License-Identifier: Apache-2.0
#include "passes/fusion_groups.h"

#include <algorithm>
#include <map>
#include <queue>
#include <set>

#include "base/check.h"
#include "expr/transform.h"
#include "graph/core_ops.h"
#include "ops/lanes.h"
#include "passes/loop.h"

namespace reckon::passes {
namespace {

using graph::Function;
using graph::Node;
using graph::ValueId;

// A loop beyond these spills its tiles out of the first-level cache.
constexpr size_t kMaxMembers = 48, kMaxOperands = 24, kMaxInstructions = 160, kMaxOutputs = 48;
// Groups that a search for a path between two may visit: without a limit the compile time of a deep
// network would grow with the square of its depth. Loops that far apart gain nothing from joining.
constexpr int kMaxVisits = 512;

using ValueSet = std::set<std::pair<int32_t, int32_t>>;

/// Joins the programs of one group's members.
class LoopJoiner {
 public:
  LoopJoiner(const Function& function, const std::vector<int32_t>& members,
             const std::vector<std::vector<int32_t>>& users, const ValueSet& results)
      : function_(function), members_(members), users_(users), results_of_function_(results) {}

  /// The joined node with inputs in terms of the source function; `outputs()` says which values it
  /// makes.
  Node join();
  const std::vector<ValueId>& outputs() const { return outputs_; }

 private:
  bool is_member(int32_t node) const {
    return std::binary_search(members_.begin(), members_.end(), node);
  }
  bool is_used_outside(ValueId value) const;
  expr::Expr operand(ValueId value);
  void record(int32_t member);
  const Node& named_member() const;

  const Function& function_;
  const std::vector<int32_t>& members_;
  const std::vector<std::vector<int32_t>>& users_;
  const ValueSet& results_of_function_;
  expr::Builder builder_;
  std::map<std::pair<int32_t, int32_t>, expr::Expr> values_;
  std::vector<ValueId> inputs_, outputs_;
  std::vector<expr::Expr> results_;
  LoopOptions loop_;
  graph::Types types_;
};

bool LoopJoiner::is_used_outside(ValueId value) const {
  if (results_of_function_.contains({value.node, value.output})) return true;
  for (int32_t user : users_[value.node]) {
    if (is_member(user)) continue;
    const auto& inputs = function_.nodes[user].inputs;
    if (std::find(inputs.begin(), inputs.end(), value) != inputs.end()) return true;
  }
  return false;
}

expr::Expr LoopJoiner::operand(ValueId value) {
  const auto key = std::pair(value.node, value.output);
  const auto known = values_.find(key);
  if (known != values_.end()) return known->second;
  inputs_.push_back(value);
  return values_.emplace(key, builder_.input(ops::lane_of(function_.type(value).dtype)))
      .first->second;
}

void LoopJoiner::record(int32_t member) {
  const Node& node = function_.nodes[member];
  const LoopOptions& loop = loop_options(node);
  std::vector<expr::Expr> operands;
  for (ValueId input : node.inputs) operands.push_back(operand(input));
  const std::vector<expr::Expr> made = expr::inline_program(builder_, loop.program, operands);
  for (int32_t i = 0; i < static_cast<int32_t>(made.size()); ++i) {
    const ValueId value{member, i};
    if (!loop.is_reduced(i)) values_.insert_or_assign({member, i}, made[i]);
    if (!is_used_outside(value)) continue;
    outputs_.push_back(value);
    results_.push_back(made[i]);
    loop_.outputs.push_back(loop.outputs[i]);
    types_.push_back(node.outputs[i]);
  }
}

/// The member whose data can fault, for then its line is the one to name; otherwise the last.
const Node& LoopJoiner::named_member() const {
  for (int32_t member : members_) {
    if (expr::may_fault(loop_options(function_.nodes[member]).program))
      return function_.nodes[member];
  }
  return function_.nodes[members_.back()];
}

Node LoopJoiner::join() {
  const Node& last = named_member();
  loop_.dims = loop_options(last).dims;
  for (int32_t member : members_) record(member);
  loop_.program = builder_.finish(results_);
  Node node = last;
  node.inputs = inputs_;
  node.outputs = types_;
  node.options = std::make_shared<const LoopOptions>(std::move(loop_));
  return node;
}

std::vector<std::vector<int32_t>> find_users(const Function& function) {
  std::vector<std::vector<int32_t>> users(function.nodes.size());
  for (int32_t i = 0; i < function.size(); ++i) {
    for (ValueId input : function.nodes[i].inputs) {
      if (users[input.node].empty() || users[input.node].back() != i)
        users[input.node].push_back(i);
    }
  }
  return users;
}

}  // namespace

FusionGroups::FusionGroups(const Function& function)
    : function_(function),
      group_(function.nodes.size()),
      members_(function.nodes.size()),
      seen_(function.nodes.size(), 0),
      users_(find_users(function)) {
  for (int32_t i = 0; i < function.size(); ++i) {
    group_[i] = i;
    members_[i] = {i};
  }
}

bool FusionGroups::fits(int32_t a, int32_t b) const {
  std::set<std::pair<int32_t, int32_t>> operands;
  size_t instructions = 0, members = 0, outputs = 0;
  for (int32_t group : {a, b}) {
    for (int32_t member : members_[group]) {
      ++members;
      const Node& node = function_.nodes[member];
      instructions += loop_options(node).program.instructions.size();
      outputs += node.outputs.size();
      for (ValueId input : node.inputs) {
        if (group_[input.node] != a && group_[input.node] != b)
          operands.insert({input.node, input.output});
      }
    }
  }
  return members <= kMaxMembers && operands.size() <= kMaxOperands && outputs <= kMaxOutputs &&
         instructions <= kMaxInstructions;
}

bool FusionGroups::reads_own_reduction(int32_t a, int32_t b) const {
  for (int32_t group : {a, b}) {
    for (int32_t member : members_[group]) {
      for (ValueId input : function_.nodes[member].inputs) {
        if (group_[input.node] != a && group_[input.node] != b) continue;
        const Node& producer = function_.nodes[input.node];
        if (loop_options(producer).is_reduced(input.output)) return true;
      }
    }
  }
  return false;
}

/// True if a path leaves the two groups and comes back, for then they cannot run as one, or if a
/// search of kMaxVisits groups could not rule it out.
bool FusionGroups::may_have_outside_path(int32_t a, int32_t b) {
  ++search_;
  std::vector<int32_t> open;
  // Puts the unseen users of a group on the list; true if one is a or b.
  const auto leave = [&](int32_t group) {
    bool comes_back = false;
    for (int32_t member : members_[group]) {
      for (int32_t user : users_[member]) {
        const int32_t next = group_[user];
        comes_back |= next == a || next == b;
        if (next == a || next == b || seen_[next] == search_) continue;
        seen_[next] = search_;
        open.push_back(next);
      }
    }
    return comes_back;
  };
  (void)leave(a);  // an edge from one to the other is no path outside
  (void)leave(b);
  for (int visits = 0; !open.empty(); ++visits) {
    const int32_t group = open.back();
    open.pop_back();
    if (visits == kMaxVisits || leave(group)) return true;
  }
  return false;
}

bool FusionGroups::try_join(int32_t a, int32_t b) {
  const int32_t first = group_[a], second = group_[b];
  if (first == second) return true;
  const Node& node_a = function_.nodes[a];
  const Node& node_b = function_.nodes[b];
  if (!is_loop(node_a) || !is_loop(node_b)) return false;
  if (!(loop_options(node_a).dims == loop_options(node_b).dims)) return false;
  if (!fits(first, second) || reads_own_reduction(first, second) ||
      may_have_outside_path(first, second))
    return false;
  for (int32_t member : members_[second]) group_[member] = first;
  auto& joined = members_[first];
  joined.insert(joined.end(), members_[second].begin(), members_[second].end());
  std::sort(joined.begin(), joined.end());
  members_[second].clear();
  return true;
}

Function FusionGroups::build() const {
  // Groups in topological order, the one with the oldest last member first.
  std::vector<int32_t> waiting(function_.nodes.size(), 0);
  std::vector<std::set<int32_t>> followers(function_.nodes.size());
  for (int32_t i = 0; i < function_.size(); ++i) {
    for (ValueId input : function_.nodes[i].inputs) {
      const int32_t from = group_[input.node], to = group_[i];
      if (from != to && followers[from].insert(to).second) ++waiting[to];
    }
  }
  using Entry = std::pair<int32_t, int32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  const auto push = [&](int32_t group) { ready.push({members_[group].back(), group}); };
  for (int32_t i = 0; i < function_.size(); ++i) {
    if (group_[i] == i && waiting[i] == 0) push(i);
  }
  Function target(function_.name, function_.module);
  target.extents = function_.extents;
  target.parameters.resize(function_.parameters.size());
  ValueSet results;
  for (ValueId result : function_.results) results.insert({result.node, result.output});
  std::map<std::pair<int32_t, int32_t>, ValueId> map;
  const auto mapped = [&](ValueId value) { return map.at({value.node, value.output}); };
  while (!ready.empty()) {
    const int32_t group = ready.top().second;
    ready.pop();
    Node node;
    std::vector<ValueId> made;
    if (is_loop(function_.nodes[group])) {
      LoopJoiner joiner(function_, members_[group], users_, results);
      node = joiner.join();
      made = joiner.outputs();
    } else {
      node = function_.nodes[group];
      for (int32_t i = 0; i < static_cast<int32_t>(node.outputs.size()); ++i)
        made.push_back({group, i});
    }
    for (ValueId& input : node.inputs) input = mapped(input);
    const ValueId id = target.add(std::move(node));
    for (int32_t i = 0; i < static_cast<int32_t>(made.size()); ++i) {
      map[{made[i].node, made[i].output}] = {id.node, i};
    }
    const Node& added = target.nodes[id.node];
    if (added.op == &graph::parameter_op) {
      target.parameters[added.as<graph::ParameterOptions>().index] = id;
    }
    for (int32_t next : followers[group]) {
      if (--waiting[next] == 0) push(next);
    }
  }
  for (ValueId result : function_.results) target.results.push_back(mapped(result));
  return target;
}

}  // namespace reckon::passes
