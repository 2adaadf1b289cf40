// SPDX-License-Identifier: Apache-2.0
// From gradients to assignments: what one call of apply_gradients adds to the graph.
#pragma once

#include <vector>

#include "nn/update_rule.h"

namespace reckon::nn {

using Gradient = std::pair<Tensor, Tensor>;  ///< a gradient and its variable

/// Throws Error, kInvalidArgument, if `tensor` is not what variable() returned.
void require_variable(const char* where, const Tensor& tensor);

/// Updates of parameters and slots, one more global_step, and the averages of batch normalization
/// that the optimizer's losses depend on.
///   throws  Error, kInvalidArgument, if no gradient is valid or one does not fit its variable
Operation apply_rule(const Optimizer::Rule& rule, const std::vector<Gradient>& gradients,
                     Place place);

}  // namespace reckon::nn
