// SPDX-License-Identifier: Apache-2.0
// Algebra that keeps every bit: a table of rules, each from one node to a value that is there
// already. A rule fires only if dtype and shape stay. Denormal numbers alone differ: arithmetic
// that is left out does not flush them to zero.
#include <cmath>
#include <vector>

#include "graph/core_ops.h"
#include "graph/inline.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace reckon::passes {
namespace {

using graph::Function;
using graph::Node;
using graph::ValueId;

/// What a rule sees: a node whose inputs are values of the new function.
struct Match {
  const Function& function;
  const Node& node;

  const Node& input_node(int index) const { return function.nodes[node.inputs[index].node]; }
  bool is_op(int index, const char* name) const { return input_node(index).op->name == name; }
  const graph::TensorType& type(int index) const { return function.type(node.inputs[index]); }
};

/// The value that stands for the node's only output; not valid (node < 0) if the rule does not
/// fire.
using RuleFunction = ValueId (*)(const Match&);

bool is_filled_with(const Node& node, double number) {
  if (!graph::is_constant(node)) return false;
  const Array& value = graph::constant_value(node);
  if (value.num_elements() != 1 || (!is_floating(value.dtype()) && !is_integer(value.dtype())))
    return false;
  if (value.dtype() == kFloat16 || value.dtype() == kBFloat16) return false;
  return value.item<double>() == number;
}

ValueId first_input(const Match& match) { return match.node.inputs[0]; }

/// Shapes that the plan knows were compared by the shape rule.
ValueId compared_already(const Match& match) {
  const Shape &x = match.type(0).shape, &like = match.type(1).shape;
  return x == like && x.is_static() ? match.node.inputs[0] : ValueId{};
}

ValueId times_one(const Match& match) {
  if (is_filled_with(match.input_node(1), 1)) return match.node.inputs[0];
  if (is_filled_with(match.input_node(0), 1)) return match.node.inputs[1];
  return {};
}

ValueId second_is_one(const Match& match) {
  return is_filled_with(match.input_node(1), 1) ? match.node.inputs[0] : ValueId{};
}

/// x - 0 is x for every x; x + 0 and x - (-0) are not, for -0 + 0 is +0.
ValueId minus_zero(const Match& match) {
  const Node& zero = match.input_node(1);
  const bool is_zero =
      is_filled_with(zero, 0) && !std::signbit(graph::constant_value(zero).item<double>());
  return is_zero ? match.node.inputs[0] : ValueId{};
}

ValueId twice(const Match& match) {
  return match.input_node(0).op == match.node.op ? match.input_node(0).inputs[0] : ValueId{};
}

ValueId chosen_side(const Match& match) {
  const Node& condition = match.input_node(0);
  if (!graph::is_constant(condition) || graph::constant_value(condition).num_elements() != 1)
    return {};
  return match.node.inputs[graph::constant_value(condition).at<bool>(0) ? 1 : 2];
}

/// The same permutation of two axes twice; with more axes it need not undo itself.
ValueId transposed_back(const Match& match) {
  const Node& inner = match.input_node(0);
  const bool undoes = inner.op == match.node.op && match.type(0).shape.rank() == 2 &&
                      match.node.op->equal_options(inner.options, match.node.options);
  return undoes ? inner.inputs[0] : ValueId{};
}

struct Rule {
  const char* op;
  RuleFunction replacement;
};

constexpr Rule kRules[] = {
    {"Identity", first_input},        // x
    {"StopGradient", first_input},    // x: gradients were expanded while tracing
    {"Reshape", first_input},         // to its own shape
    {"BroadcastTo", first_input},     // to its own shape
    {"SumTo", first_input},           // to its own shape
    {"SameShape", compared_already},  // of shapes that the plan knows
    {"Multiply", times_one},          // x * 1, 1 * x
    {"Divide", second_is_one},        // x / 1
    {"Subtract", minus_zero},         // x - 0
    {"Negative", twice},              // -(-x)
    {"LogicalNot", twice},            // !!x
    {"Where", chosen_side},           // where(true, x, y)
    {"Transpose", transposed_back},   // of two axes, twice
};

ValueId apply_rules(const Function& target, const Node& node) {
  for (const Rule& rule : kRules) {
    if (node.op->name != rule.op) continue;
    const ValueId value = rule.replacement({target, node});
    if (value.node >= 0 && target.type(value) == node.outputs[0]) return value;
  }
  return {};
}

/// Its outputs are its last inputs; gradients were expanded while tracing.
bool pass_custom_gradient(Rewriter& rewriter, int32_t index) {
  const Node& node = rewriter.source().nodes[index];
  if (node.op->name != "CustomGradient") return false;
  const size_t first = node.inputs.size() - node.outputs.size();
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    rewriter.replace({index, static_cast<int32_t>(i)}, rewriter.mapped(node.inputs[first + i]));
  }
  return true;
}

/// A cond whose predicate is a constant is its branch.
bool choose_branch(Rewriter& rewriter, int32_t index) {
  const Node& node = rewriter.source().nodes[index];
  if (node.op->name != "Cond") return false;
  const Node mapped = rewriter.mapped_node(index);
  const Node& predicate = rewriter.target().nodes[mapped.inputs[0].node];
  if (!graph::is_constant(predicate)) return false;
  const Function& branch = *node.subgraphs[graph::constant_value(predicate).at<bool>(0) ? 0 : 1];
  const std::vector<ValueId> captured(mapped.inputs.begin() + 1, mapped.inputs.end());
  const std::vector<ValueId> results =
      graph::inline_function(branch, captured, rewriter.target(), &rewriter.target());
  for (size_t i = 0; i < results.size(); ++i)
    rewriter.replace({index, static_cast<int32_t>(i)}, results[i]);
  return true;
}

}  // namespace

void simplify(Plan& plan, const PassContext&) {
  rewrite(plan, [](Rewriter& rewriter, int32_t index) {
    if (choose_branch(rewriter, index) || pass_custom_gradient(rewriter, index)) return true;
    const Node node = rewriter.mapped_node(index);
    const ValueId value = apply_rules(rewriter.target(), node);
    if (value.node < 0) return false;
    rewriter.replace({index, 0}, value);
    return true;
  });
}

}  // namespace reckon::passes
