// SPDX-License-Identifier: Apache-2.0
// From gradients to assignments: what one call of apply_gradients adds to the graph.
#pragma once

#include <vector>

#include "nn/optimizers/update_rule.h"

namespace reckon::nn {

using Gradient = std::pair<Tensor, Tensor>;  ///< a gradient and its variable

/// Throws Error, kInvalidArgument, if `tensor` is not what variable() returned.
void require_variable(const char* where, const Tensor& tensor);

/// Remembers for this trace what the gradients are of.
void remember_loss(const Tensor& loss, const std::vector<Gradient>& gradients);
/// The losses that any of `gradients` was computed from, as far as they were remembered.
Tensors remembered_losses(const std::vector<Gradient>& gradients);

/// Updates of parameters and slots, one more global_step, and the effects of `losses`, such as the
/// averages of batch normalization. What comes of several such Operations follows from those that
/// run in one step: their updates add up, and global_step and each effect of a loss count once.
///   throws  Error, kInvalidArgument, if no gradient is valid or one does not fit its variable
Operation apply_rule(const Optimizer::Rule& rule, const std::vector<Gradient>& gradients,
                     const Tensors& losses, Place place);

}  // namespace reckon::nn
