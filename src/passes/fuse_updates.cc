// SPDX-License-Identifier: Apache-2.0
// Updates of many variables by one rule become one step over a table of pointers and lengths.
#include <algorithm>
#include <map>
#include <set>

#include "expr/transform.h"
#include "graph/core_ops.h"
#include "passes/loop.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace reckon::passes {
namespace {

using graph::Function;
using graph::Node;
using graph::ValueId;

/// A larger variable keeps a step of its own, next to its gradient.
constexpr int64_t kMaxLength = 1 << 22;

std::set<std::pair<int32_t, int32_t>> update_values(const Plan& plan) {
  std::set<std::pair<int32_t, int32_t>> values;
  for (size_t i = 0; i < plan.updates.size(); ++i) {
    const ValueId result = plan.function.results[plan.update_result(i)];
    values.insert({result.node, result.output});
  }
  return values;
}

bool is_scalar(const Shape& shape) { return shape.is_static() && shape.num_elements() == 1; }

/// A table counts elements from the start of each chunk and reports no fault: a program that draws
/// random numbers, or may divide an integer by zero, keeps a step of its own.
bool may_run_in_chunks(const expr::Program& program) {
  return !expr::may_fault(program) &&
         std::none_of(program.instructions.begin(), program.instructions.end(),
                      [](const auto& i) { return i.op == expr::Opcode::kIndex; });
}

/// True if every output is some variable's new value, and every input one array of the same shape
/// or a scalar.
bool is_update(const Function& function, int32_t index,
               const std::set<std::pair<int32_t, int32_t>>& values) {
  const Node& node = function.nodes[index];
  if (!is_loop(node) || loop_options(node).has_reduction()) return false;
  if (!may_run_in_chunks(loop_options(node).program)) return false;
  const Shape& dims = loop_options(node).dims;
  if (!dims.is_static() || dims.num_elements() > kMaxLength || is_scalar(dims)) return false;
  for (int32_t i = 0; i < static_cast<int32_t>(node.outputs.size()); ++i) {
    if (!values.contains({index, i})) return false;
  }
  for (ValueId input : node.inputs) {
    const Shape& shape = function.type(input).shape;
    if (!is_scalar(shape) && !is_identity(shape, dims)) return false;
  }
  return true;
}

struct Candidate {
  int32_t node;
  std::vector<size_t> arrays, scalars;  ///< positions among the inputs
};

/// What joins: the program, which inputs are scalars, and those scalars themselves.
std::string key_of(const Function& function, const Candidate& candidate) {
  const Node& node = function.nodes[candidate.node];
  std::string key = loop_options(node).program.text();
  for (size_t position : candidate.scalars) {
    const ValueId scalar = node.inputs[position];
    key += ";" + std::to_string(position) + "=" + std::to_string(scalar.node) + "." +
           std::to_string(scalar.output);
  }
  return key;
}

Candidate classify(const Function& function, int32_t index) {
  Candidate candidate{index, {}, {}};
  const Node& node = function.nodes[index];
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    (is_scalar(function.type(node.inputs[i]).shape) ? candidate.scalars : candidate.arrays)
        .push_back(i);
  }
  return candidate;
}

/// The program with arrays first and scalars last.
expr::Program reorder(const expr::Program& program, const Candidate& candidate) {
  std::vector<size_t> order = candidate.arrays;
  order.insert(order.end(), candidate.scalars.begin(), candidate.scalars.end());
  std::vector<int32_t> place(program.inputs.size());
  expr::Program result = program;
  for (size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = static_cast<int32_t>(i);
    result.inputs[i] = program.inputs[order[i]];
  }
  const auto move = [&](int32_t& value) {
    if (value >= 0 && value < static_cast<int32_t>(place.size())) value = place[value];
  };
  for (expr::Instruction& instruction : result.instructions) {
    for (int32_t& operand : instruction.operands) move(operand);
  }
  for (int32_t& output : result.outputs) move(output);
  return result;
}

Node make_table(const Function& function, const std::vector<Candidate>& candidates) {
  const Node& first = function.nodes[candidates[0].node];
  LoopTableOptions table{reorder(loop_options(first).program, candidates[0]),
                         static_cast<int64_t>(candidates[0].arrays.size()),
                         static_cast<int64_t>(candidates[0].scalars.size()),
                         {}};
  Node node = first;
  node.op = &loop_table_op();
  node.inputs.clear();
  node.outputs.clear();
  for (const Candidate& candidate : candidates) {
    const Node& member = function.nodes[candidate.node];
    for (size_t position : candidate.arrays) node.inputs.push_back(member.inputs[position]);
    for (const graph::TensorType& type : member.outputs) node.outputs.push_back(type);
    table.lengths.push_back(loop_options(member).dims.num_elements());
  }
  for (size_t position : candidates[0].scalars) node.inputs.push_back(first.inputs[position]);
  node.options = std::make_shared<const LoopTableOptions>(std::move(table));
  return node;
}

}  // namespace

void fuse_updates(Plan& plan, const PassContext&) {
  const Function& function = plan.function;
  const auto values = update_values(plan);
  std::map<std::string, std::vector<Candidate>> by_key;
  for (int32_t i = 0; i < function.size(); ++i) {
    if (!is_update(function, i, values)) continue;
    // A table's segments must not feed each other: updates that are read again stay alone.
    const Candidate candidate = classify(function, i);
    by_key[key_of(function, candidate)].push_back(candidate);
  }
  std::map<int32_t, const std::vector<Candidate>*> tables;  // by last member
  std::set<int32_t> members;
  const auto counts = use_counts(function);
  for (auto& [key, candidates] : by_key) {
    std::erase_if(candidates, [&](const Candidate& candidate) {
      for (int32_t uses : counts[candidate.node]) {
        if (uses != 1) return true;
      }
      return false;
    });
    if (candidates.size() < 2) continue;
    tables[candidates.back().node] = &candidates;
    for (const Candidate& candidate : candidates) members.insert(candidate.node);
  }
  rewrite(plan, [&](Rewriter& rewriter, int32_t index) {
    if (!members.contains(index)) return false;
    const auto table = tables.find(index);
    if (table == tables.end())
      return true;  // added with the table's last member: results alone use it
    Node node = make_table(rewriter.source(), *table->second);
    for (ValueId& input : node.inputs) input = rewriter.mapped(input);
    const ValueId id = rewriter.target().add(std::move(node));
    int32_t output = 0;
    for (const Candidate& candidate : *table->second) {
      const auto count =
          static_cast<int32_t>(rewriter.source().nodes[candidate.node].outputs.size());
      for (int32_t i = 0; i < count; ++i)
        rewriter.replace({candidate.node, i}, {id.node, output++});
    }
    return true;
  });
}

}  // namespace reckon::passes
