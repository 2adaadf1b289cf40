// SPDX-License-Identifier: Apache-2.0
// From what was traced to what one call wants. What an assignment makes of the ones before it is
// resolved here, from the assignments that this call asks for.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/check.h"
#include "graph/core_ops.h"
#include "ops/define.h"
#include "passes/plan.h"
#include "passes/rewrite.h"

namespace reckon::passes {
namespace {

using graph::Function;
using graph::Node;
using graph::ValueId;

/// The assignments that a request asks for, each once, in the order in which they were made.
class Effects {
 public:
  explicit Effects(const Request& request) : nodes_(request.effects) {
    std::sort(nodes_.begin(), nodes_.end());
    nodes_.erase(std::unique(nodes_.begin(), nodes_.end()), nodes_.end());
    for (int32_t node : nodes_) {
      first_.try_emplace(graph::assignment(request.function->nodes[node]).variable, node);
    }
  }

  const std::vector<int32_t>& nodes() const { return nodes_; }
  bool contains(int32_t node) const {
    return std::binary_search(nodes_.begin(), nodes_.end(), node);
  }
  /// Which input of an UnlessAssigned node is its value.
  ValueId chosen(const Function& function, int32_t index) const {
    const Node& node = function.nodes[index];
    const auto first = first_.find(node.as<graph::VariableOptions>().variable);
    return node.inputs[first != first_.end() && first->second < index ? 1 : 0];
  }

 private:
  std::vector<int32_t> nodes_;
  std::map<int64_t, int32_t> first_;  ///< by variable
};

std::vector<bool> needed_nodes(const Request& request, const Effects& effects) {
  const Function& function = *request.function;
  std::vector<bool> needed(function.nodes.size(), false);
  for (ValueId fetch : request.fetches) needed[fetch.node] = true;
  for (int32_t effect : effects.nodes()) needed[effect] = true;
  for (int32_t i = function.size() - 1; i >= 0; --i) {
    if (!needed[i]) continue;
    if (function.nodes[i].op == &graph::unless_assigned_op) {
      needed[effects.chosen(function, i).node] = true;
      continue;
    }
    for (ValueId input : function.nodes[i].inputs) needed[input.node] = true;
  }
  return needed;
}

void refuse_poison(const Function& function, const std::vector<bool>& needed) {
  for (int32_t i = 0; i < function.size(); ++i) {
    if (!needed[i] || function.nodes[i].op->traits.is_leaf) continue;
    for (ValueId input : function.nodes[i].inputs) {
      if (function.type(input).dtype != DType::kInvalid) continue;
      throw Error(
          ErrorCode::kInvalidArgument, "predict",
          fmt::format(
              "{} needs the labels, and there are none in predict mode; compute predictions "
              "from features only",
              function.nodes[i].name),
          function.nodes[i].place);
    }
  }
}

/// Turns assignments into values, one for each variable.
class Updates {
 public:
  explicit Updates(Rewriter& rewriter) : rewriter_(rewriter) {}

  void apply(const Node& assign, ValueId value) {
    const graph::AssignOptions& options = graph::assignment(assign);
    const auto variable = static_cast<int32_t>(options.variable);
    if (!values_.contains(variable)) order_.push_back(variable);
    ValueId& current = values_.try_emplace(variable, ValueId{}).first->second;
    if (current.node < 0) current = read(variable, assign);
    const graph::TensorType& type = rewriter_.target().module->variable(variable).type;
    if (rewriter_.target().type(value).shape != type.shape) {
      value = binary("AssignBroadcast", current, value, assign, type);
    }
    if (options.kind != graph::AssignKind::kSet) {
      value = binary(options.kind == graph::AssignKind::kAdd ? "Add" : "Subtract", current, value,
                     assign, type);
    }
    current = value;
  }

  void finish(Plan& plan) {
    for (int32_t variable : order_) {
      plan.updates.push_back(variable);
      plan.function.results.push_back(values_.at(variable));
    }
  }

  void know_read(int32_t variable, ValueId id) { reads_[variable] = id; }
  /// What the assignments so far made of the variable that `read` reads.
  ValueId latest(int64_t variable, ValueId read) const {
    const auto current = values_.find(static_cast<int32_t>(variable));
    return current != values_.end() ? current->second : read;
  }

 private:
  ValueId read(int32_t variable, const Node& assign) {
    const auto known = reads_.find(variable);
    if (known != reads_.end()) return known->second;
    Function& target = rewriter_.target();
    const graph::VariableDecl& decl = target.module->variable(variable);
    const ValueId id = target.add({.op = &graph::variable_op,
                                   .options = std::make_shared<const graph::VariableOptions>(
                                       graph::VariableOptions{variable}),
                                   .inputs = {},
                                   .outputs = {decl.type},
                                   .subgraphs = {},
                                   .name = decl.name,
                                   .place = assign.place});
    reads_[variable] = id;
    return id;
  }

  ValueId binary(const char* op, ValueId a, ValueId b, const Node& assign,
                 const graph::TensorType& type) {
    return rewriter_.target().add({.op = ops::find_op(op),
                                   .options = std::make_shared<const graph::NoOptions>(),
                                   .inputs = {a, b},
                                   .outputs = {type},
                                   .subgraphs = {},
                                   .name = assign.name,
                                   .place = assign.place});
  }

  Rewriter& rewriter_;
  std::map<int32_t, ValueId> values_, reads_;
  std::vector<int32_t> order_;
};

/// One walk over the traced function, in the order in which the nodes were made.
class PlanMaker {
 public:
  explicit PlanMaker(const Request& request)
      : request_(request), source_(*request.function), effects_(request), rewriter_(source_) {}

  Plan make() {
    const std::vector<bool> needed = needed_nodes(request_, effects_);
    refuse_poison(source_, needed);
    for (int32_t i = 0; i < source_.size(); ++i) {
      // Parameters stay, so that feeds keep their numbers.
      if (needed[i] || source_.nodes[i].op == &graph::parameter_op) visit(i);
    }
    Function target = std::move(rewriter_.target());
    Plan plan(std::move(target));
    for (ValueId fetch : request_.fetches) {
      plan.function.results.push_back(rewriter_.mapped(fetch));
    }
    plan.fetch_count = static_cast<int32_t>(request_.fetches.size());
    updates_.finish(plan);
    return plan;
  }

 private:
  void visit(int32_t index) {
    const Node& node = source_.nodes[index];
    if (node.op->traits.has_effect) {
      if (effects_.contains(index)) updates_.apply(node, rewriter_.mapped(node.inputs[0]));
    } else if (node.op == &graph::latest_op) {
      const int64_t variable = node.as<graph::VariableOptions>().variable;
      rewriter_.replace({index, 0}, updates_.latest(variable, rewriter_.mapped(node.inputs[0])));
    } else if (node.op == &graph::unless_assigned_op) {
      rewriter_.replace({index, 0}, rewriter_.mapped(effects_.chosen(source_, index)));
    } else {
      rewriter_.copy(index);
      if (node.op != &graph::variable_op) return;
      updates_.know_read(static_cast<int32_t>(node.as<graph::VariableOptions>().variable),
                         rewriter_.mapped({index, 0}));
    }
  }

  const Request& request_;
  const Function& source_;
  Effects effects_;
  Rewriter rewriter_;
  Updates updates_{rewriter_};
};

}  // namespace

Plan make_plan(const Request& request) { return PlanMaker(request).make(); }

}  // namespace reckon::passes
