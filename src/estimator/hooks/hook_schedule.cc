// SPDX-License-Identifier: Apache-2.0
#include "estimator/hooks/hook_schedule.h"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/utf8.h"
#include "base/with_place.h"
#include "graph/core_ops.h"
#include "graph/variable.h"

namespace reckon::estimator {
namespace {

/// The first few variables that are trained, for an error.
std::string some_variables(const TracedModel& model) {
  constexpr size_t kShown = 8;
  std::vector<std::string> names;
  for (const auto& [name, variable] : model.trace.variables) {
    const int32_t index = graph::variable_index(variable);
    if (model.trace.module->variable(index).trainable) names.push_back(name);
  }
  const bool is_cut = names.size() > kShown;
  if (is_cut) names.resize(kShown);
  return fmt::format("{}{}", fmt::join(names, ", "), is_cut ? ", …" : "");
}

}  // namespace

std::vector<int32_t> add_missing(std::vector<graph::ValueId>& fetches,
                                 const std::vector<graph::ValueId>& wanted) {
  std::vector<int32_t> places;
  for (graph::ValueId value : wanted) {
    const auto found = std::find(fetches.begin(), fetches.end(), value);
    places.push_back(static_cast<int32_t>(found - fetches.begin()));
    if (found == fetches.end()) fetches.push_back(value);
  }
  return places;
}

HookSchedule::HookSchedule(HookList hooks, const TracedModel& model)
    : hooks_(std::move(hooks)), model_(model), due_(hooks_.size(), 0) {
  std::set<std::string> known;
  for (const HookPtr& hook : hooks_) {
    base::require(hook != nullptr, "hooks",
                  "a hook is null, expected one made with std::make_shared or hooks::…; pass such "
                  "a one, or leave it out");
    names_.push_back(hook->name());
    const std::string& name = names_.back();
    base::require_utf8("hooks", "a hook's name()", name);
    base::require(name.empty() || known.insert(name).second, "hooks",
                  "two hooks of this call have the name() \"", name,
                  "\", under which a checkpoint keeps one state; give each a name of its own, or "
                  "none to what keeps no state");
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
  throw Error(ErrorCode::kNotFound, "hooks",
              fmt::format("a hook asks for \"{}\", but model_fn made no variable or op of that "
                          "name; ask for \"loss\", a variable ({}), or what name() of a Tensor "
                          "gives",
                          name, some_variables(model_)));
}

void HookSchedule::add_values(const HookRequest& request,
                              std::vector<graph::ValueId>& values) const {
  for (const std::string& name : request.names) values.push_back(find_value(name));
  for (const Tensor& tensor : request.tensors) {
    base::require(tensor.valid() && tensor.function() == model_.trace.functions.front(), "hooks",
                  "a hook asks for a Tensor of another graph; keep the Tensor that this "
                  "Estimator's model_fn made (came: ",
                  tensor.valid() ? tensor.name() : "one that was never assigned", ")");
    values.push_back(tensor.id());
  }
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
    base::with_place(request.place, [&] { add_values(request, values); });
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
      if (names_[running_[i]].empty() == has_state) continue;
      hooks_[running_[i]]->after_run(context,
                                     {begin, values.begin() + static_cast<std::ptrdiff_t>(first)});
    }
  }
}

void HookSchedule::end(RunContext& context) {
  for (const HookPtr& hook : hooks_) hook->end(context);
}

std::map<std::string, std::string> HookSchedule::states() const {
  std::map<std::string, std::string> states;
  for (size_t i = 0; i < hooks_.size(); ++i) {
    if (names_[i].empty()) continue;
    const std::string& state = states[names_[i]] = hooks_[i]->state();
    base::require_utf8("hooks", "the state() of hook " + names_[i] + ",", state);
  }
  return states;
}

void HookSchedule::restore(const std::map<std::string, std::string>& states) {
  for (size_t i = 0; i < hooks_.size(); ++i) {
    const auto state = states.find(names_[i]);
    if (!names_[i].empty() && state != states.end()) hooks_[i]->restore(state->second);
  }
}

}  // namespace reckon::estimator
