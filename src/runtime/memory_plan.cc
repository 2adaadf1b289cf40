// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_plan.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/scratch_layout.h"
#include "graph/core_ops.h"
#include "passes/alias.h"
#include "passes/loop.h"

namespace reckon::runtime {
namespace {

using graph::Function;
using graph::Node;
using graph::ValueId;

/// A piece of the arena and the steps during which it is in use.
struct Block {
  size_t bytes = 0;
  int32_t first = 0, last = 0;
  size_t offset = 0;
};

class Planner {
 public:
  Planner(const passes::Plan& plan, const std::vector<size_t>& scratch_bytes)
      : plan_(plan), function_(plan.function), scratch_bytes_(scratch_bytes) {}

  void leave_results_to_caller();
  MemoryPlan run();

 private:
  void find_last_uses();
  void place_node(int32_t index);
  void place_leaf(int32_t index);
  void place_output(int32_t index, int32_t output);
  int32_t reusable_block(const Node& node, int32_t index, int32_t output) const;
  void assign_offsets();
  size_t bytes_of(const graph::TensorType& type) const {
    return static_cast<size_t>(function_.bound(type.shape).num_elements()) * dtype_size(type.dtype);
  }
  Location& location(ValueId value) { return result_.locations[value.node][value.output]; }

  const passes::Plan& plan_;
  const Function& function_;
  const std::vector<size_t>& scratch_bytes_;
  MemoryPlan result_;
  std::vector<Block> blocks_;
  std::vector<std::vector<int32_t>> block_of_;  ///< by node and output, -1: not in the arena
  std::vector<std::vector<int32_t>> last_use_;  ///< by node and output, views included
  std::vector<int32_t> scratch_block_;
  std::map<std::pair<int32_t, int32_t>, int32_t> bound_;    ///< output -> variable
  std::map<std::pair<int32_t, int32_t>, int32_t> results_;  ///< output -> result, at the caller's
};

// Of two results in one memory the first alone is the caller's; leaves have a place already.
void Planner::leave_results_to_caller() {
  for (int32_t i = 0; i < plan_.fetch_count; ++i) {
    const ValueId root = passes::alias_root(function_, function_.results[i]);
    if (!function_.node(root).op->traits.is_leaf) results_.try_emplace({root.node, root.output}, i);
  }
}

void Planner::find_last_uses() {
  last_use_.resize(function_.nodes.size());
  for (int32_t i = 0; i < function_.size(); ++i)
    last_use_[i].assign(function_.nodes[i].outputs.size(), i);
  const auto use = [&](ValueId value, int32_t step) {
    const ValueId root = passes::alias_root(function_, value);
    last_use_[root.node][root.output] = std::max(last_use_[root.node][root.output], step);
  };
  for (int32_t i = 0; i < function_.size(); ++i) {
    for (ValueId input : function_.nodes[i].inputs) use(input, i);
  }
  for (ValueId result : function_.results) use(result, function_.size());
}

void Planner::place_leaf(int32_t index) {
  const Node& node = function_.nodes[index];
  Location& place = location({index, 0});
  if (node.op == &graph::parameter_op) {
    place = {Location::Kind::kFeed, static_cast<int32_t>(node.as<graph::ParameterOptions>().index),
             0};
  } else if (node.op == &graph::variable_op) {
    place = {Location::Kind::kVariable,
             static_cast<int32_t>(node.as<graph::VariableOptions>().variable), 0};
  } else {
    RECKON_CHECK(graph::is_constant(node));
    place = {Location::Kind::kConstant, static_cast<int32_t>(result_.constants.size()), 0};
    result_.constants.push_back(graph::constant_value(node));
  }
}

/// A block of an operand that ends here and may be written over, or -1.
int32_t Planner::reusable_block(const Node& node, int32_t index, int32_t output) const {
  const size_t bytes = bytes_of(node.outputs[output]);
  for (int32_t i = 0; i < static_cast<int32_t>(node.inputs.size()); ++i) {
    if (!passes::may_overwrite(function_, node, output, i)) continue;
    const ValueId root = passes::alias_root(function_, node.inputs[i]);
    const int32_t block = block_of_[root.node][root.output];
    if (block < 0 || blocks_[block].last != index || last_use_[root.node][root.output] != index)
      continue;
    if (bytes_of(function_.type(node.inputs[i])) != bytes) continue;
    // Another operand in the same block would be read after it was written over.
    const auto shares = std::count_if(node.inputs.begin(), node.inputs.end(), [&](ValueId other) {
      const ValueId other_root = passes::alias_root(function_, other);
      return block_of_[other_root.node][other_root.output] == block;
    });
    if (shares == 1) return block;
  }
  return -1;
}

void Planner::place_output(int32_t index, int32_t output) {
  const Node& node = function_.nodes[index];
  const auto bound = bound_.find({index, output});
  if (bound != bound_.end()) {
    location({index, output}) = {Location::Kind::kVariable, bound->second, 0};
    return;
  }
  const auto result = results_.find({index, output});
  if (result != results_.end()) {
    location({index, output}) = {Location::Kind::kResult, result->second, 0};
    return;
  }
  const int32_t last = last_use_[index][output];
  int32_t block = reusable_block(node, index, output);
  if (block >= 0) {
    // Taken: a second output of this node finds it in use.
    blocks_[block].last = std::max(last, index + 1);
  } else {
    block = static_cast<int32_t>(blocks_.size());
    blocks_.push_back({std::max<size_t>(bytes_of(node.outputs[output]), 1), index, last, 0});
  }
  block_of_[index][output] = block;
}

void Planner::place_node(int32_t index) {
  const Node& node = function_.nodes[index];
  block_of_[index].assign(node.outputs.size(), -1);
  scratch_block_[index] = -1;
  if (node.op->traits.is_leaf) {
    place_leaf(index);
  } else if (!node.op->traits.is_view) {
    for (int32_t i = 0; i < static_cast<int32_t>(node.outputs.size()); ++i) place_output(index, i);
    if (scratch_bytes_[index] > 0) {
      scratch_block_[index] = static_cast<int32_t>(blocks_.size());
      blocks_.push_back({scratch_bytes_[index], index, index, 0});
    }
  }
}

/// Largest first, each at the lowest offset that no block alive at the same time covers.
void Planner::assign_offsets() {
  std::vector<int32_t> order(blocks_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return blocks_[a].bytes > blocks_[b].bytes; });
  std::vector<int32_t> placed;
  for (int32_t current : order) {
    Block& block = blocks_[current];
    std::vector<std::pair<size_t, size_t>> taken;
    for (int32_t other : placed) {
      const Block& b = blocks_[other];
      if (b.first <= block.last && block.first <= b.last)
        taken.push_back({b.offset, b.offset + base::whole_lines(b.bytes)});
    }
    std::sort(taken.begin(), taken.end());
    size_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (offset + base::whole_lines(block.bytes) <= begin) break;
      offset = std::max(offset, end);
    }
    block.offset = offset;
    placed.push_back(current);
    result_.arena_bytes = std::max(result_.arena_bytes, offset + base::whole_lines(block.bytes));
  }
}

MemoryPlan Planner::run() {
  const size_t nodes = function_.nodes.size();
  result_.locations.resize(nodes);
  result_.scratch.assign(nodes, 0);
  block_of_.resize(nodes);
  scratch_block_.resize(nodes);
  for (const passes::Plan::Binding& binding : plan_.bindings) {
    bound_[{binding.value.node, binding.value.output}] = binding.variable;
  }
  find_last_uses();
  for (int32_t i = 0; i < function_.size(); ++i) {
    result_.locations[i].resize(function_.nodes[i].outputs.size());
    place_node(i);
  }
  assign_offsets();
  for (int32_t i = 0; i < function_.size(); ++i) {
    const Node& node = function_.nodes[i];
    if (scratch_block_[i] >= 0) result_.scratch[i] = blocks_[scratch_block_[i]].offset;
    for (int32_t output = 0; output < static_cast<int32_t>(node.outputs.size()); ++output) {
      const int32_t block = block_of_[i][output];
      if (block >= 0) location({i, output}) = {Location::Kind::kArena, 0, blocks_[block].offset};
    }
    if (node.op->traits.is_view) location({i, 0}) = location(passes::alias_root(function_, {i, 0}));
  }
  return std::move(result_);
}

}  // namespace

MemoryPlan plan_memory(const passes::Plan& plan, const std::vector<size_t>& scratch_bytes,
                       Results results) {
  Planner planner(plan, scratch_bytes);
  if (results == Results::kAtCaller) planner.leave_results_to_caller();
  return planner.run();
}

}  // namespace reckon::runtime
