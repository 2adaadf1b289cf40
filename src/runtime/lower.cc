// SPDX-License-Identifier: Apache-2.0
#include "runtime/lower.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/check.h"
#include "base/with_place.h"
#include "graph/core_ops.h"
#include "ops/define.h"
#include "passes/alias.h"
#include "passes/loop.h"
#include "runtime/memory_plan.h"
#include "runtime/subprogram.h"

namespace reckon::runtime {
namespace {

using graph::Function;
using graph::Node;
using graph::ValueId;

class Lowering {
 public:
  Lowering(const passes::Plan& plan, const graph::Types& parameters, Results results)
      : plan_(plan),
        function_(plan.function),
        results_(results),
        program_(std::make_shared<Program>()) {
    program_->parameters = parameters;
  }

  std::shared_ptr<Program> run() {
    prepare_kernels();
    memory_ = plan_memory(plan_, scratch_bytes_, results_);
    for (int32_t i = 0; i < function_.size(); ++i) {
      if (is_step(function_.nodes[i])) add_step(i);
    }
    program_->first_result = static_cast<int32_t>(program_->slots.size());
    program_->result_count = plan_.fetch_count;
    for (int32_t i = 0; i < plan_.fetch_count; ++i) add_slot(function_.results[i]);
    finish();
    return program_;
  }

 private:
  static bool is_step(const Node& node) {
    return !node.op->traits.is_leaf && !node.op->traits.is_view;
  }
  void prepare_kernels();
  ops::Kernel prepare(const Node& node) const;
  /// True if its contents change between runs of this program alone, or never.
  bool lasts(ValueId value) const;
  void add_step(int32_t index);
  void add_slot(ValueId value) {
    program_->slots.push_back({memory_.locations[value.node][value.output], function_.type(value)});
  }
  bool first_sight_of_extent(const graph::TensorType& type);
  void finish();

  const passes::Plan& plan_;
  const Function& function_;
  Results results_;
  std::shared_ptr<Program> program_;
  MemoryPlan memory_;
  std::vector<ops::Kernel> kernels_;
  std::vector<size_t> scratch_bytes_;
  std::set<int32_t> seen_extents_;
};

ops::Kernel Lowering::prepare(const Node& node) const {
  const ops::OpDef* op = ops::definition(node);
  ops::KernelSpec spec{node, function_, {}, node.outputs, compile_subprogram};
  for (ValueId input : node.inputs) {
    spec.inputs.push_back(function_.type(input));
    spec.lasts.push_back(lasts(input));
  }
  return base::with_place(node.place, [&] {
    const ops::KernelRow* row =
        op == nullptr ? nullptr : ops::choose_kernel(*op, node.options.get(), spec);
    if (row == nullptr) {
      throw Error(ErrorCode::kInternal, node.op->where,
                  fmt::format("{} has no kernel; please report this", node.name), node.place);
    }
    return row->make(node.options.get(), spec);
  });
}

bool Lowering::lasts(ValueId value) const {
  const int32_t variable = passes::aliased_variable(function_, value);
  if (variable >= 0)
    return std::find(plan_.updates.begin(), plan_.updates.end(), variable) == plan_.updates.end();
  while (function_.nodes[value.node].op->traits.is_view)
    value = function_.nodes[value.node].inputs[0];
  return function_.nodes[value.node].op == &graph::constant_op;
}

void Lowering::prepare_kernels() {
  for (const Node& node : function_.nodes) {
    kernels_.push_back(is_step(node) ? prepare(node) : ops::Kernel{});
    scratch_bytes_.push_back(kernels_.back().scratch_bytes);
  }
}

bool Lowering::first_sight_of_extent(const graph::TensorType& type) {
  bool is_first = false;
  for (int64_t dim : type.shape) {
    if (!graph::is_extent(dim)) continue;
    const int32_t index = graph::extent_index(dim);
    is_first |= function_.extents[index].base < 0 && seen_extents_.insert(index).second;
  }
  return is_first;
}

void Lowering::add_step(int32_t index) {
  const Node& node = function_.nodes[index];
  Step step;
  step.kernel = std::move(kernels_[index]);
  step.first_slot = static_cast<int32_t>(program_->slots.size());
  step.input_count = static_cast<int32_t>(node.inputs.size());
  step.output_count = static_cast<int32_t>(node.outputs.size());
  step.scratch_offset = memory_.scratch[index];
  if (step.kernel.make_state) step.state = program_->state_count++;
  step.name = node.name;
  step.where = passes::user_op(node);
  step.place = node.place;
  for (ValueId input : node.inputs) add_slot(input);
  for (int32_t i = 0; i < step.output_count; ++i) {
    add_slot({index, i});
    step.writes_extents |= first_sight_of_extent(node.outputs[i]);
  }
  program_->steps.push_back(std::move(step));
}

void Lowering::finish() {
  program_->constants = std::move(memory_.constants);
  program_->extents = function_.extents;
  program_->arena_bytes = memory_.arena_bytes;
  program_->needs_feed.assign(program_->parameters.size(), false);
  std::set<int32_t> read;
  for (int32_t i = 0; i < function_.size(); ++i) {
    for (ValueId input : function_.nodes[i].inputs) {
      const int32_t variable = passes::aliased_variable(function_, input);
      if (variable >= 0) read.insert(variable);
    }
  }
  for (const Slot& slot : program_->slots) {
    if (slot.location.kind == Location::Kind::kFeed)
      program_->needs_feed[slot.location.index] = true;
  }
  for (int32_t i = 0; i < plan_.fetch_count; ++i) {
    const int32_t variable = passes::aliased_variable(function_, function_.results[i]);
    if (variable >= 0) read.insert(variable);
  }
  program_->read_variables.assign(read.begin(), read.end());
  program_->updated_variables = plan_.updates;
}

}  // namespace

std::shared_ptr<Program> lower(const passes::Plan& plan, const graph::Types& parameters,
                               Results results) {
  return Lowering(plan, parameters, results).run();
}

}  // namespace reckon::runtime
