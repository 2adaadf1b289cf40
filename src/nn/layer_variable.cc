// SPDX-License-Identifier: Apache-2.0
#include "nn/layer_variable.h"

#include "base/check.h"

namespace reckon::nn {

Tensor layer_variable(const graph::VariableRequest& request, const graph::TensorType& type,
                      const Initializer& initializer) {
  auto initial = graph::trace_initializer(request.name, [&] {
    base::require(static_cast<bool>(initializer), "variable", "the initializer of \"", request.name,
                  "\" is empty; pass one, e.g. initializers::zeros()");
    const Tensor value = initializer(type.shape, type.dtype);
    const bool fits = value.valid() && value.dtype() == type.dtype && value.shape() == type.shape;
    base::require(fits, "variable", "the initializer of \"", request.name, "\" gave ", value.text(),
                  ", expected ", graph::type_text(type),
                  "; make it of the shape and dtype it is asked for");
    return value;
  });
  graph::make_variable(request, std::move(initial));
  return graph::current_trace("variable").variables.at(request.name);
}

}  // namespace reckon::nn
