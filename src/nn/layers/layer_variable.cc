// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/layer_variable.h"

namespace reckon::nn {

Tensor layer_variable(const graph::VariableRequest& request, const graph::TensorType& type,
                      const Initializer& initializer) {
  graph::make_variable(request, graph::trace_initializer(request.name, type, initializer));
  return graph::current_trace("variable").variables.at(request.name);
}

}  // namespace reckon::nn
