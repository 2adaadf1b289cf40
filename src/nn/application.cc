// SPDX-License-Identifier: Apache-2.0
// Slots are made at their first use. Within a step, updates of one variable by several losses add
// up: the dense path subtracts, and only the first of them may replace rows.
#include "nn/application.h"

#include <algorithm>
#include <set>
#include <utility>

#include <reckon/graph.h>
#include "base/check.h"
#include "base/logging.h"
#include "nn/ancestors.h"
#include "nn/layer_variable.h"
#include "ops/row_update.h"

namespace reckon::nn {
namespace {

using Rule = Optimizer::Rule;

/// A table above this size makes a rule that moves every row worth a warning.
constexpr int64_t kLargeTableBytes = 10 << 20;

const graph::VariableDecl& declaration(const Tensor& variable) {
  return variable.module()->variable(graph::variable_index(variable));
}

// --- State

/// "name", "name_1" …: counted in this trace, outside all name scopes.
std::string state_name(const std::string& base) {
  graph::Trace& trace = graph::current_trace("minimize");
  const std::string scope = std::exchange(trace.scope, "");
  std::string name = trace.unique_scope(base);
  trace.scope = scope;
  return name;
}

Tensor state_variable(const std::string& name, const graph::TensorType& type, double initial,
                      Place place) {
  return layer_variable({.name = state_name(name),
                         .kind = graph::VariableKind::kSlot,
                         .trainable = false,
                         .place = place},
                        type, initializers::constant(initial));
}

/// The slots of `variable`, made at its first update in this trace.
Rule::Kept& slots_of(const Rule& rule, const Tensor& variable, Place place) {
  const auto [entry, is_new] = rule.memory().slots.try_emplace(graph::variable_index(variable));
  if (!is_new) return entry->second;
  Tensors slots;
  for (const Rule::State& slot : rule.slots()) {
    slots.push_back(state_variable(declaration(variable).name + "/" + slot.name,
                                   {variable.dtype(), variable.shape()}, slot.initial, place));
  }
  return entry->second = {keep(slots), keep(slots)};
}

void make_scalars(const Rule& rule, Place place) {
  Rule::Memory& memory = rule.memory();
  if (std::exchange(memory.has_scalars, true)) return;
  Tensors scalars;
  for (const Rule::State& scalar : rule.scalars()) {
    scalars.push_back(state_variable(scalar.name, {kFloat32, {}}, scalar.initial, place));
  }
  memory.scalars = {keep(scalars), keep(scalars)};
}

// --- One call of apply_gradients

class Application {
 public:
  Application(const Rule& rule, Place place) : rule_(rule), place_(place) {
    make_scalars(rule, place);
  }

  void update(const Tensor& gradient, const Tensor& variable) {
    const ops::RowGradient rows = ops::row_gradient(gradient);
    const bool is_first = updated().insert(graph::variable_index(variable)).second;
    if (rows.valid() && !rule_.leaves_other_rows()) warn_of_dense(variable);
    // New rows replace the table, so that an update before them in the step would be lost.
    if (rows.valid() && rule_.leaves_other_rows() && is_first) {
      update_rows(rows, variable);
    } else {
      update_all(gradient, variable);
    }
  }

  void advance() {
    Rule::Kept& scalars = rule_.memory().scalars;
    set_all(scalars, rule_.next_scalars(get(scalars.newest)));
    // As a value, not an increment: several minimized losses of one step count once.
    const Tensor step = global_step(place_);
    set(step, step + 1);
    graph::current_trace("minimize").is_step_advanced = true;
    ride();
  }

  Operation operation() const { return group(operations_); }

 private:
  /// Variables that some optimizer has updated in this trace.
  static std::set<int32_t>& updated() {
    static PerTrace<std::set<int32_t>> variables;
    return variables.here();
  }

  void set(const Tensor& variable, const Tensor& value) {
    operations_.push_back(assign(variable, value));
  }

  const Tensors& factors(DType dtype) {
    const auto [entry, is_new] = factors_.try_emplace(dtype);
    if (!is_new) return entry->second;
    const Schedule& schedule = rule_.learning_rate();
    const Tensor rate = schedule.is_constant() ? Operand(schedule.constant()).resolve(dtype)
                                               : cast(schedule.at(global_step(place_)), dtype);
    Tensors scalars;
    for (const KeptValue& scalar : rule_.memory().scalars.newest) {
      scalars.push_back(cast(scalar.get(), dtype));
    }
    return entry->second = rule_.factors(rate, scalars);
  }

  void update_all(const Tensor& gradient, const Tensor& variable) {
    Rule::Kept& slots = slots_of(rule_, variable, place_);
    const Rule::Update update =
        rule_.update(gradient, get(slots.newest), factors(variable.dtype()));
    operations_.push_back(assign_sub(variable, update.decrement));
    set_all(slots, update.slots);
  }

  void update_rows(const ops::RowGradient& rows, const Tensor& table) {
    Rule::Kept& slots = slots_of(rule_, table, place_);
    const Tensors values =
        ops::row_update(table, get(slots.newest), rows, factors(table.dtype()),
                        [this](const Tensor& row, const Tensor& grad, const Tensors& row_slots,
                               const Tensors& row_factors) {
                          const Rule::Update update = rule_.update(grad, row_slots, row_factors);
                          Tensors results = {row - update.decrement};
                          results.insert(results.end(), update.slots.begin(), update.slots.end());
                          return results;
                        });
    set(table, values[0]);
    set_all(slots, {values.begin() + 1, values.end()});
  }

  void set_all(Rule::Kept& state, const Tensors& values) {
    for (size_t i = 0; i < values.size(); ++i) set(state.variables[i].get(), values[i]);
    state.newest = keep(values);
  }

  void warn_of_dense(const Tensor& table) const {
    const int64_t bytes =
        table.shape().num_elements() * static_cast<int64_t>(dtype_size(table.dtype()));
    if (bytes <= kLargeTableBytes) return;
    base::log(
        LogLevel::kWarning,
        base::concat_text(
            "[minimize] ", declaration(table).name, " is ", table.text(),
            " and its gradient has few rows, but this optimizer moves all of them at each step, "
            "as in TensorFlow; adagrad, momentum and gradient_descent touch those rows only"));
  }

  /// Pending updates join the first optimizer whose loss depends on their source.
  void ride() {
    std::vector<graph::PendingUpdate>& pending = graph::current_trace("minimize").pending_updates;
    const Tensors losses = get(rule_.memory().losses);
    std::erase_if(pending, [&](const graph::PendingUpdate& waiting) {
      const bool rides = std::any_of(losses.begin(), losses.end(), [&](const Tensor& loss) {
        return depends_on(loss, waiting.source);
      });
      if (rides) operations_.push_back(waiting.update);
      return rides;
    });
  }

  const Rule& rule_;
  Place place_;
  std::map<DType, Tensors> factors_;
  std::vector<Operation> operations_;
};

void check_gradient(const Gradient& pair) {
  require_variable("apply_gradients", pair.second);
  if (!pair.first.valid() || pair.first.is_poison()) return;
  const bool fits =
      pair.first.dtype() == pair.second.dtype() && pair.first.shape() == pair.second.shape();
  base::require(fits, "apply_gradients", "the gradient of ", pair.second.name(), " is ",
                pair.first.text(), ", expected ", pair.second.text(),
                "; pass what compute_gradients returned, element by element");
}

}  // namespace

void require_variable(const char* where, const Tensor& tensor) {
  base::require(tensor.valid() && !tensor.is_poison() && graph::variable_index(tensor) >= 0, where,
                tensor.valid() ? tensor.name() : std::string("a variable"), " (", tensor.text(),
                ") is no variable; pass Tensors that variable() returned");
}

Operation apply_rule(const Optimizer::Rule& rule, const std::vector<Gradient>& gradients,
                     Place place) {
  bool any = false;
  for (const Gradient& pair : gradients) {
    check_gradient(pair);
    // An effect that can be named but never run.
    if (pair.first.is_poison()) return assign(global_step(place), pair.first);
    any |= pair.first.valid();
  }
  base::require(any, "apply_gradients", "none of ", gradients.size(),
                " gradients is valid; compute the loss from the variables, without stop_gradient");
  const NameScope scope("optimizer");
  Application application(rule, place);
  for (const auto& [gradient, variable] : gradients) {
    if (gradient.valid()) application.update(gradient, variable);
  }
  application.advance();
  return application.operation();
}

}  // namespace reckon::nn
