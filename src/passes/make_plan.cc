// SPDX-License-Identifier: Apache-2.0
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

std::vector<bool> needed_nodes(const Request& request) {
  const Function& function = *request.function;
  std::vector<bool> needed(function.nodes.size(), false);
  for (ValueId fetch : request.fetches) needed[fetch.node] = true;
  for (int32_t effect : request.effects) needed[effect] = true;
  for (int32_t i = function.size() - 1; i >= 0; --i) {
    if (!needed[i]) continue;
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
    const auto& options = assign.as<graph::AssignOptions>();
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

}  // namespace

Plan make_plan(const Request& request) {
  const Function& source = *request.function;
  const std::vector<bool> needed = needed_nodes(request);
  refuse_poison(source, needed);
  Rewriter rewriter(source);
  Updates updates(rewriter);
  std::vector<int32_t> effects = request.effects;
  std::sort(effects.begin(), effects.end());
  effects.erase(std::unique(effects.begin(), effects.end()), effects.end());
  for (int32_t i = 0; i < source.size(); ++i) {
    const Node& node = source.nodes[i];
    // Parameters stay, so that feeds keep their numbers.
    if (!needed[i] && node.op != &graph::parameter_op) continue;
    if (!node.op->traits.has_effect) {
      rewriter.copy(i);
      if (node.op == &graph::variable_op) {
        updates.know_read(static_cast<int32_t>(node.as<graph::VariableOptions>().variable),
                          rewriter.mapped({i, 0}));
      }
    } else if (std::binary_search(effects.begin(), effects.end(), i)) {
      updates.apply(node, rewriter.mapped(node.inputs[0]));
    }
  }
  Function target = std::move(rewriter.target());
  Plan plan(std::move(target));
  for (ValueId fetch : request.fetches) plan.function.results.push_back(rewriter.mapped(fetch));
  plan.fetch_count = static_cast<int32_t>(request.fetches.size());
  updates.finish(plan);
  return plan;
}

}  // namespace reckon::passes
