// SPDX-License-Identifier: Apache-2.0
// Optimizers: from a loss to gradients by variable, clipped, and on to the rule that applies them.
#include <reckon/optimizers.h>

#include <algorithm>

#include <reckon/graph.h>
#include "autodiff/gradients.h"
#include "base/check.h"
#include "graph/variable.h"
#include "nn/ancestors.h"
#include "nn/application.h"
#include "ops/at_place.h"
#include "ops/gradient_support.h"

namespace reckon {
namespace {

using nn::Gradient;

void require_scalar(const Tensor& loss) {
  const bool is_scalar =
      is_floating(loss.dtype()) && loss.shape().is_static() && loss.shape().num_elements() == 1;
  base::require(is_scalar, "minimize", "the loss is ", loss.text(),
                ", expected a float32[]; reduce it, e.g. reduce_mean(loss)");
}

/// Every trainable variable that `loss` depends on, in the order in which the graph met them.
Tensors trainable_variables(const Tensor& loss) {
  Tensors variables;
  const std::vector<bool> needed = nn::ancestors(loss);
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
  for (const Tensor& variable : options.variables) nn::require_variable("minimize", variable);
  return options.variables;
}

void require_any(const Tensors& gradients, const Tensor& loss) {
  const bool any =
      std::any_of(gradients.begin(), gradients.end(), [](const Tensor& g) { return g.valid(); });
  base::require(any, "minimize", "the loss ", loss.name(), " (", loss.text(),
                ") depends on no trainable variable; compute it from variables or layers, without "
                "stop_gradient");
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
    // A loss inside of a branch can be differentiated there, not applied.
    const bool is_outermost = value.function() == graph::current_trace("minimize").outermost();
    if (is_outermost) rule_->memory().losses.emplace_back(value);
    for (size_t i = 0; i < variables.size(); ++i) pairs.emplace_back(gradients[i], variables[i]);
    return pairs;
  });
}

Operation Optimizer::apply_gradients(const std::vector<Gradient>& gradients) const {
  const Place place = gradients.empty() ? Place{} : gradients[0].first.place();
  return ops::at_place(place, [&] { return nn::apply_rule(*rule_, gradients, place); });
}

Operation Optimizer::minimize(Operand loss, MinimizeOptions options) const {
  return ops::at_place(loss.place(), [&] {
    const Tensor value = loss.resolve();
    // In predict mode the loss hangs on labels that are not there.
    if (value.is_poison()) return assign(global_step(loss.place()), value);
    return nn::apply_rule(*rule_, compute_gradients(value, std::move(options)), loss.place());
  });
}

}  // namespace reckon
