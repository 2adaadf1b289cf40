// SPDX-License-Identifier: Apache-2.0
// A variable of a layer or an optimizer.
#pragma once

#include <reckon/initializers.h>
#include "graph/variable.h"

namespace reckon::nn {

/// Declares `request.name` with what `initializer` gives for `type`.
/// Returns the variable's value in the trace's outermost function, from where every subgraph can
/// use it.
///   throws  Error, kInvalidArgument, if the initializer gives another dtype or shape
Tensor layer_variable(const graph::VariableRequest& request, const graph::TensorType& type,
                      const Initializer& initializer);

}  // namespace reckon::nn
