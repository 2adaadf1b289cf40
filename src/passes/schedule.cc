// SPDX-License-Identifier: Apache-2.0
// Orders the nodes so that every update is written straight into its variable after the last reader
// of the old value; where no order allows that, a copy at the end does it. What may fault runs
// before the first update, so that a step whose data are wrong changes nothing: a node that faults
// itself, or whose values something reads that may, writes no variable; a copy does it later.
#include <algorithm>
#include <map>
#include <queue>
#include <set>

#include "base/check.h"
#include "expr/builder.h"
#include "expr/transform.h"
#include "graph/core_ops.h"
#include "ops/lanes.h"
#include "passes/alias.h"
#include "passes/loop.h"
#include "passes/passes.h"

namespace reckon::passes {
namespace {

using graph::Function;
using graph::Node;
using graph::ValueId;

/// Nodes with data edges and the extra ones that in-place writing asks for.
class Order {
 public:
  explicit Order(const Function& function) : after_(function.nodes.size()) {
    for (int32_t i = 0; i < function.size(); ++i) {
      for (ValueId input : function.nodes[i].inputs) after_[input.node].insert(i);
    }
  }
  int32_t add_node() {
    after_.emplace_back();
    return static_cast<int32_t>(after_.size()) - 1;
  }
  void add(int32_t before, int32_t after) { after_[before].insert(after); }
  bool reaches(int32_t from, int32_t to) const {
    std::vector<bool> seen(after_.size(), false);
    std::vector<int32_t> open = {from};
    while (!open.empty()) {
      const int32_t node = open.back();
      open.pop_back();
      if (node == to) return true;
      for (int32_t next : after_[node]) {
        if (!seen[next]) open.push_back(next);
        seen[next] = true;
      }
    }
    return false;
  }
  std::vector<int32_t> sorted() const {
    std::vector<int32_t> waiting(after_.size(), 0), order;
    for (const auto& followers : after_) {
      for (int32_t follower : followers) ++waiting[follower];
    }
    std::priority_queue<int32_t, std::vector<int32_t>, std::greater<>> ready;
    for (size_t i = 0; i < after_.size(); ++i) {
      if (waiting[i] == 0) ready.push(static_cast<int32_t>(i));
    }
    while (!ready.empty()) {
      order.push_back(ready.top());
      ready.pop();
      for (int32_t follower : after_[order.back()]) {
        if (--waiting[follower] == 0) ready.push(follower);
      }
    }
    RECKON_CHECK(order.size() == after_.size());
    return order;
  }

 private:
  std::vector<std::set<int32_t>> after_;
};

class Scheduler {
 public:
  explicit Scheduler(Plan& plan) : plan_(plan), function_(plan.function), order_(plan.function) {}

  void run() {
    find_readers();
    copy_old_values();
    find_faults();
    for (size_t i = 0; i < plan_.updates.size(); ++i) bind(i);
    order_after_faults();
    reorder();
  }

 private:
  void find_readers();
  void copy_old_values();
  void bind(size_t update);
  const std::vector<int32_t>& inputs_reading(int32_t node, int32_t variable);
  bool can_write_directly(ValueId value, int32_t variable);
  bool order_after_readers(int32_t writer, int32_t variable);
  ValueId add_copy(ValueId value);
  bool may_fault(const Node& node) const;
  void find_faults();
  void order_after_faults();
  void reorder();

  Plan& plan_;
  Function& function_;
  Order order_;
  std::map<int32_t, std::set<int32_t>> readers_;  ///< by variable: nodes that read its old value
  std::map<int32_t, std::map<int32_t, std::vector<int32_t>>> reading_inputs_;  ///< node, variable
  std::set<std::pair<int32_t, int32_t>> bound_;
  std::vector<int32_t> faults_;         ///< nodes that may fault
  std::vector<bool> precedes_a_fault_;  ///< by node: such ones, and what they need
};

void Scheduler::find_readers() {
  for (int32_t i = 0; i < function_.size(); ++i) {
    if (function_.nodes[i].op->traits.is_view) continue;
    for (ValueId input : function_.nodes[i].inputs) {
      const int32_t variable = aliased_variable(function_, input);
      if (variable >= 0) readers_[variable].insert(i);
    }
  }
}

/// A result that is itself the old value of a variable under update, fetched or assigned to another
/// variable, is copied while it is there.
void Scheduler::copy_old_values() {
  const std::set<int32_t> updated(plan_.updates.begin(), plan_.updates.end());
  for (ValueId& result : function_.results) {
    const int32_t variable = aliased_variable(function_, result);
    if (!updated.contains(variable)) continue;
    result = add_copy(result);
    readers_[variable].insert(result.node);
  }
}

ValueId Scheduler::add_copy(ValueId value) {
  const graph::TensorType type = function_.type(value);
  expr::Builder builder;
  const expr::Expr x = builder.input(ops::lane_of(type.dtype));
  Node node{.op = &loop_op(),
            .options = std::make_shared<const LoopOptions>(
                LoopOptions{builder.finish({x}), type.shape, {{}}}),
            .inputs = {value},
            .outputs = {type},
            .subgraphs = {},
            .name = function_.node(value).name + "/copy",
            .place = function_.node(value).place};
  const ValueId copy = function_.add(std::move(node));
  order_.add_node();
  order_.add(value.node, copy.node);
  return copy;
}

/// The inputs of a node that are a variable's old value, found once for each node: the fused update
/// of a deep network reads thousands.
const std::vector<int32_t>& Scheduler::inputs_reading(int32_t node, int32_t variable) {
  const auto [entry, is_new] = reading_inputs_.try_emplace(node);
  const std::vector<ValueId>& inputs = function_.nodes[node].inputs;
  for (int32_t i = 0; is_new && i < static_cast<int32_t>(inputs.size()); ++i) {
    const int32_t read = aliased_variable(function_, inputs[i]);
    if (read >= 0) entry->second[read].push_back(i);
  }
  return entry->second[variable];
}

bool Scheduler::can_write_directly(ValueId value, int32_t variable) {
  const Node& node = function_.node(value);
  if (node.op->traits.is_leaf || node.op->traits.is_view) return false;
  if (precedes_a_fault_[value.node]) return false;
  if (bound_.contains({value.node, value.output})) return false;
  const std::vector<int32_t>& inputs = inputs_reading(value.node, variable);
  return std::all_of(inputs.begin(), inputs.end(), [&](int32_t input) {
    return may_overwrite(function_, node, value.output, input);
  });
}

bool Scheduler::order_after_readers(int32_t writer, int32_t variable) {
  const std::set<int32_t>& readers = readers_[variable];
  for (int32_t reader : readers) {
    if (reader != writer && order_.reaches(writer, reader)) return false;
  }
  for (int32_t reader : readers) {
    if (reader != writer) order_.add(reader, writer);
  }
  return true;
}

void Scheduler::bind(size_t update) {
  const int32_t variable = plan_.updates[update];
  ValueId& result = function_.results[plan_.update_result(update)];
  if (!can_write_directly(result, variable) || !order_after_readers(result.node, variable)) {
    result = add_copy(result);
    RECKON_CHECK(order_after_readers(result.node, variable));
  }
  bound_.insert({result.node, result.output});
  plan_.bindings.push_back({result, variable});
}

bool Scheduler::may_fault(const Node& node) const {
  const auto has_extent = [&](ValueId input) { return !function_.type(input).shape.is_static(); };
  return node.op->traits.may_fault || !node.subgraphs.empty() ||
         (is_loop(node) && expr::may_fault(loop_options(node).program)) ||
         std::any_of(node.inputs.begin(), node.inputs.end(), has_extent);
}

void Scheduler::find_faults() {
  precedes_a_fault_.assign(function_.nodes.size(), false);
  for (int32_t i = function_.size(); i-- > 0;) {
    const Node& node = function_.nodes[i];
    const bool faults = may_fault(node);
    if (faults) faults_.push_back(i);
    // Rows whose number only the data know make an update in place a suspect; it checks nothing.
    if (faults && !node.op->traits.is_in_place) precedes_a_fault_[i] = true;
    if (!faults && !precedes_a_fault_[i]) continue;
    for (ValueId input : node.inputs) precedes_a_fault_[input.node] = true;
  }
}

void Scheduler::order_after_faults() {
  std::set<int32_t> writers;
  for (const Plan::Binding& binding : plan_.bindings) writers.insert(binding.value.node);
  for (int32_t fault : faults_) {
    if (writers.contains(fault)) continue;
    for (int32_t writer : writers) order_.add(fault, writer);
  }
}

void Scheduler::reorder() {
  const std::vector<int32_t> order = order_.sorted();
  std::vector<int32_t> place(order.size());
  for (size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<int32_t>(i);
  std::vector<Node> nodes;
  for (int32_t old : order) {
    nodes.push_back(std::move(function_.nodes[old]));
    for (ValueId& input : nodes.back().inputs) input.node = place[input.node];
  }
  function_.nodes = std::move(nodes);
  for (ValueId& id : function_.results) id.node = place[id.node];
  for (ValueId& id : function_.parameters) id.node = place[id.node];
  for (Plan::Binding& binding : plan_.bindings) binding.value.node = place[binding.value.node];
}

}  // namespace

void schedule(Plan& plan, const PassContext&) { Scheduler(plan).run(); }

}  // namespace reckon::passes
