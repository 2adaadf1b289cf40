// SPDX-License-Identifier: Apache-2.0
#include "estimator/hook_schedule.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/check.h"
#include "graph/core_ops.h"

namespace reckon::estimator {

HookSchedule::HookSchedule(HookList hooks, const TracedModel& model)
    : hooks_(std::move(hooks)), model_(model), due_(hooks_.size(), 0) {
  for (const HookPtr& hook : hooks_) {
    base::require(hook != nullptr, "hooks",
                  "a hook is null; pass hooks made with std::make_shared or hooks::… (one of ",
                  hooks_.size(), ")");
  }
}

void HookSchedule::begin() {
  for (const HookPtr& hook : hooks_) hook->begin();
}

void HookSchedule::after_create(RunContext& context) {
  for (const HookPtr& hook : hooks_) hook->after_create(context);
}

void HookSchedule::plan(int64_t iteration) {
  due_iteration_ = Hook::kNever;
  due_seconds_ = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < hooks_.size(); ++i) {
    due_[i] = std::max(hooks_[i]->next_due(iteration), iteration);
    due_iteration_ = std::min(due_iteration_, due_[i]);
    if (auto* timed = dynamic_cast<TimedHook*>(hooks_[i].get())) {
      due_seconds_ = std::min(due_seconds_, timed->next_due_seconds());
    }
  }
}

graph::ValueId HookSchedule::find_value(const std::string& name) const {
  const graph::Function& function = *model_.trace.functions.front();
  if (name == "loss" && model_.spec.loss.valid()) return model_.spec.loss.id();
  for (int32_t i = 0; i < function.size(); ++i) {
    if (function.nodes[i].name == name && !function.nodes[i].outputs.empty()) return {i, 0};
  }
  throw Error(
      ErrorCode::kNotFound, "hooks",
      fmt::format(
          "a hook asks for \"{}\", but model_fn made no variable or node of that name; ask for "
          "\"loss\", \"global_step\", a variable, or pass the Tensor itself",
          name));
}

std::vector<graph::ValueId> HookSchedule::before_run(RunContext& context, int64_t iteration,
                                                     double now) {
  running_.clear();
  value_counts_.clear();
  std::vector<graph::ValueId> values;
  for (size_t i = 0; i < hooks_.size(); ++i) {
    auto* timed = dynamic_cast<TimedHook*>(hooks_[i].get());
    if (due_[i] > iteration && !(timed != nullptr && timed->next_due_seconds() <= now)) continue;
    const HookRequest request = hooks_[i]->before_run(context);
    for (const std::string& name : request.names) values.push_back(find_value(name));
    for (const Tensor& tensor : request.tensors) {
      base::require(tensor.valid() && tensor.function() == model_.trace.functions.front(), "hooks",
                    "a hook asks for a Tensor of another graph; keep the Tensor that this "
                    "Estimator's model_fn made (came: ",
                    tensor.valid() ? tensor.name() : "one that was never assigned", ")");
      values.push_back(tensor.id());
    }
    running_.push_back(i);
    value_counts_.push_back(request.names.size() + request.tensors.size());
  }
  return values;
}

void HookSchedule::after_run(RunContext& context, const std::vector<Array>& values) {
  // Hooks with a state first: the checkpoint of this step must hold what they learn from it.
  for (const bool has_state : {true, false}) {
    size_t first = 0;
    for (size_t i = 0; i < running_.size(); ++i) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
      first += value_counts_[i];
      Hook& hook = *hooks_[running_[i]];
      if (hook.name().empty() == has_state) continue;
      hook.after_run(context, {begin, values.begin() + static_cast<std::ptrdiff_t>(first)});
    }
  }
}

void HookSchedule::end(RunContext& context) {
  for (const HookPtr& hook : hooks_) hook->end(context);
}

std::map<std::string, std::string> HookSchedule::states() const {
  std::map<std::string, std::string> states;
  for (const HookPtr& hook : hooks_) {
    if (!hook->name().empty()) states[hook->name()] = hook->state();
  }
  return states;
}

void HookSchedule::restore(const std::map<std::string, std::string>& states) {
  for (const HookPtr& hook : hooks_) {
    const auto state = states.find(hook->name());
    if (state != states.end()) hook->restore(state->second);
  }
}

}  // namespace reckon::estimator
