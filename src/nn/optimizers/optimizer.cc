// SPDX-License-Identifier: Apache-2.0
// Optimizers: from a loss to gradients by variable, clipped, and on to the rule that applies them.
#include <reckon/optimizers.h>

#include <algorithm>

#include <reckon/graph.h>
#include "autodiff/gradients.h"
#include "base/check.h"
#include "graph/variable.h"
#include "nn/optimizers/ancestors.h"
#include "nn/optimizers/apply_gradients.h"
#include "ops/at_place.h"
#include "ops/gradient_support.h"

namespace reckon {
namespace {

using nn::Gradient;

void require_scalar(const Tensor& loss) {
  const bool is_scalar =
      is_floating(loss.dtype()) && loss.shape().is_static() && loss.shape().num_elements() == 1;
  base::require(
      is_scalar, "minimize", "the loss is ", loss.text(), ", expected a float32[]; ",
      is_floating(loss.dtype())
          ? "reduce it, e.g. reduce_mean(loss)"
          : "compute it from floats: nothing flows through integers, comparisons or argmax");
}

/// Every trainable variable that `loss` depends on, in the order in which the graph met them.
Tensors trainable_variables(const Tensor& loss) {
  Tensors variables;
  const std::vector<bool> needed = nn::ancestors({loss});
  for (int32_t i = 0; i < static_cast<int32_t>(needed.size()); ++i) {
    if (!needed[i]) continue;
    const Tensor tensor(loss.module(), loss.function(), {i, 0});
    if (loss.function()->nodes[i].outputs.empty() || graph::variable_index(tensor) < 0) continue;
    const graph::VariableDecl& declaration =
        tensor.module()->variable(graph::variable_index(tensor));
    if (declaration.trainable && is_floating(tensor.dtype())) variables.push_back(tensor);
  }
  return variables;
}

Tensors chosen_variables(const Tensor& loss, const MinimizeOptions& options) {
  if (options.variables.empty()) return trainable_variables(loss);
  for (const Tensor& variable : options.variables) {
    nn::require_variable("minimize", variable);
    base::require(is_floating(variable.dtype()), "minimize", "variable ", variable.name(), " is ",
                  variable.text(), ", expected float32 or float64; leave it out of .variables");
  }
  return options.variables;
}

void require_outermost(const char* where) {
  base::require(!graph::current_trace(where).is_in_subgraph(), where,
                "was called inside cond, while_loop or an initializer, where nothing is updated, "
                "expected a call outside; return the loss from there, and minimize what comes out");
}

void require_any(const Tensors& gradients, const Tensor& loss) {
  const bool any =
      std::any_of(gradients.begin(), gradients.end(), [](const Tensor& g) { return g.valid(); });
  const bool is_inside = graph::current_trace("minimize").is_in_subgraph();
  base::require(any, "minimize", "the loss ", loss.name(), " (", loss.text(),
                ") depends on no trainable variable; ",
                is_inside ? "inside cond and while_loop list them as .variables, or differentiate "
                            "outside what comes out"
                          : "compute it from variables or layers, without stop_gradient");
}

}  // namespace

std::vector<Gradient> Optimizer::compute_gradients(Operand loss, MinimizeOptions options) const {
  return ops::at_place(loss.place(), [&] {
    const Tensor value = loss.resolve();
    std::vector<Gradient> pairs;
    if (value.is_poison()) {
      for (const Tensor& variable : options.variables) pairs.emplace_back(value, variable);
      return pairs;
    }
    require_scalar(value);
    const Tensors variables = chosen_variables(value, options);
    const NameScope scope("gradients");
    Tensors gradients = autodiff::differentiate({value}, {ops::ones_of(value)}, variables);
    require_any(gradients, value);
    if (rule_->clip_global_norm()) {
      gradients = clip_by_global_norm(gradients, *rule_->clip_global_norm()).first;
    }
    for (size_t i = 0; i < variables.size(); ++i) pairs.emplace_back(gradients[i], variables[i]);
    // A loss inside of a branch can be differentiated there, not applied.
    if (!graph::current_trace("minimize").is_in_subgraph()) nn::remember_loss(value, pairs);
    return pairs;
  });
}

Optimizer::Optimizer(std::shared_ptr<const Rule> rule) : rule_(std::move(rule)) {
  base::require(rule_ != nullptr, "Optimizer",
                "the rule is null, expected how to update; make one with optimizers::adam and the "
                "like");
}

Operation Optimizer::apply_gradients(const std::vector<Gradient>& gradients, Place place) const {
  return ops::at_place(place, [&] {
    require_outermost("apply_gradients");
    return nn::apply_rule(*rule_, gradients, nn::remembered_losses(gradients), place);
  });
}

Operation Optimizer::minimize(Operand loss, MinimizeOptions options) const {
  return ops::at_place(loss.place(), [&] {
    require_outermost("minimize");
    const Tensor value = loss.resolve();
    // In predict mode the loss hangs on labels that are not there.
    if (value.is_poison()) return assign(global_step(loss.place()), value);
    return nn::apply_rule(*rule_, compute_gradients(value, std::move(options)), {value},
                          loss.place());
  });
}

}  // namespace reckon
