// SPDX-License-Identifier: Apache-2.0
// Slots are made at their first use. Within a step, updates of one variable by several losses add
// up: each takes slots and scalars as the ones before it in that step leave them, the dense path
// subtracts, and only the first of a step may replace rows.
#include "nn/optimizers/apply_gradients.h"

#include <algorithm>
#include <utility>

#include <reckon/graph.h>
#include "base/check.h"
#include "base/logging.h"
#include "base/with_place.h"
#include "nn/layers/layer_variable.h"
#include "nn/optimizers/ancestors.h"
#include "ops/rows/row_update.h"

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
  const graph::PrefixScope outside("");
  return graph::current_trace("minimize").unique_scope(base);
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
Tensors slots_of(const Rule& rule, const Tensor& variable, Place place) {
  base::with_place(place, [&] { rule.check(variable.dtype()); });
  const auto [entry, is_new] = rule.memory().slots.try_emplace(graph::variable_index(variable));
  if (!is_new) return get(entry->second);
  Tensors slots;
  for (const Rule::State& slot : rule.slots()) {
    slots.push_back(state_variable(declaration(variable).name + "/" + slot.name,
                                   {variable.dtype(), variable.shape()}, slot.initial, place));
  }
  entry->second = keep(slots);
  return slots;
}

Tensors scalars_of(const Rule& rule, Place place) {
  Rule::Memory& memory = rule.memory();
  if (std::exchange(memory.has_scalars, true)) return get(memory.scalars);
  Tensors scalars;
  for (const Rule::State& scalar : rule.scalars()) {
    scalars.push_back(state_variable(scalar.name, {kFloat32, {}}, scalar.initial, place));
  }
  memory.scalars = keep(scalars);
  return scalars;
}

/// As the updates of the step that come before leave them.
Tensors latest(const Tensors& state) {
  Tensors values;
  for (const Tensor& variable : state) values.push_back(graph::latest_value(variable));
  return values;
}

// --- One call of apply_gradients

class Application {
 public:
  Application(const Rule& rule, Place place)
      : rule_(rule), place_(place), scalars_(scalars_of(rule, place)) {}

  void update(const Tensor& gradient, const Tensor& variable) {
    const ops::RowGradient rows = ops::row_gradient(gradient);
    if (rows.valid() && rule_.leaves_other_rows()) return update_rows(rows, gradient, variable);
    if (rows.valid()) warn_of_dense(variable);
    const Tensors slots = slots_of(rule_, variable, place_);
    const Rule::Update update = rule_.update(gradient, latest(slots), factors(variable.dtype()));
    operations_.push_back(assign_sub(variable, update.decrement));
    set_all(slots, update.slots);
  }

  void advance() {
    set_all(scalars_, rule_.next_scalars(latest(scalars_)));
    // As a value, not an increment: several minimized losses of one step count once.
    const Tensor step = global_step(place_);
    set(step, step + 1);
  }

  /// Effects of the losses; those that several Operations of a step share happen once.
  void add_effects(const Tensors& losses) {
    const std::vector<bool> needed = ancestors(losses);
    for (const graph::LossEffect& effect : graph::current_trace("minimize").loss_effects) {
      const auto source = static_cast<size_t>(effect.source.id().node);
      if (source < needed.size() && needed[source]) operations_.push_back(effect.update);
    }
  }

  Operation operation() const { return group(operations_); }

 private:
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
    for (const Tensor& scalar : latest(scalars_)) scalars.push_back(cast(scalar, dtype));
    return entry->second = rule_.factors(rate, scalars);
  }

  /// New rows replace the table, so that an update before them in the step would be lost: after
  /// one, all rows are moved.
  void update_rows(const ops::RowGradient& rows, const Tensor& gradient, const Tensor& table) {
    Tensors state = slots_of(rule_, table, place_);
    const Tensors slots = latest(state), numbers = factors(table.dtype());
    const auto moved = [this](const Tensor& value, const Tensor& grad, const Tensors& value_slots,
                              const Tensors& value_factors) {
      const Rule::Update update = rule_.update(grad, value_slots, value_factors);
      Tensors results = {value - update.decrement};
      results.insert(results.end(), update.slots.begin(), update.slots.end());
      return results;
    };
    Tensors values = ops::row_update(table, slots, rows, numbers, moved);
    {
      const NameScope names("all_rows");
      const Tensors all = moved(graph::latest_value(table), gradient, slots, numbers);
      for (size_t i = 0; i < all.size(); ++i)
        values[i] = graph::unless_assigned(table, values[i], all[i]);
    }
    state.insert(state.begin(), table);
    set_all(state, values);
  }

  void set_all(const Tensors& variables, const Tensors& values) {
    for (size_t i = 0; i < values.size(); ++i) set(variables[i], values[i]);
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

  const Rule& rule_;
  Place place_;
  Tensors scalars_;
  std::map<DType, Tensors> factors_;
  std::vector<Operation> operations_;
};

// --- What gradients are of

/// Without Tensors, which would keep the graph alive.
struct RememberedLoss {
  KeptValue loss;
  KeptValues gradients;
};

std::vector<RememberedLoss>& remembered() {
  static PerTrace<std::vector<RememberedLoss>> losses;
  return losses.here();
}

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

void remember_loss(const Tensor& loss, const std::vector<Gradient>& gradients) {
  RememberedLoss entry{KeptValue(loss), {}};
  for (const Gradient& pair : gradients) {
    if (pair.first.valid()) entry.gradients.emplace_back(pair.first);
  }
  remembered().push_back(std::move(entry));
}

Tensors remembered_losses(const std::vector<Gradient>& gradients) {
  const graph::Function* function = graph::current_trace("apply_gradients").outermost();
  Tensors values;
  for (const Gradient& pair : gradients) {
    if (pair.first.valid() && pair.first.function() == function) values.push_back(pair.first);
  }
  const std::vector<bool> needed = ancestors(values);
  Tensors losses;
  for (const RememberedLoss& entry : remembered()) {
    const Tensors known = get(entry.gradients);
    const bool is_used = std::any_of(known.begin(), known.end(), [&](const Tensor& gradient) {
      const auto node = static_cast<size_t>(gradient.id().node);
      return node < needed.size() && needed[node];
    });
    if (is_used) losses.push_back(entry.loss.get());
  }
  return losses;
}

Operation apply_rule(const Optimizer::Rule& rule, const std::vector<Gradient>& gradients,
                     const Tensors& losses, Place place) {
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
  application.add_effects(losses);
  return application.operation();
}

}  // namespace reckon::nn
