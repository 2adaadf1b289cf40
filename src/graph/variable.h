// SPDX-License-Identifier: Apache-2.0
// Declaring a variable and meeting it again: by name, in one module, once for each trace.
#pragma once

#include <reckon/initializers.h>
#include "graph/trace.h"

namespace reckon::graph {

struct VariableRequest {
  std::string name;  ///< with its scopes
  VariableKind kind = VariableKind::kWeight;
  bool trainable = true;
  /// True for state that several callers share by name, such as global_step and optimizer slots.
  bool may_exist = false;
  Place place;
};

/// The variable's value in the current function; declares it with `initial`, a function without
/// inputs.
Tensor make_variable(VariableRequest request, std::shared_ptr<Function> initial);
/// A function that only computes `value`. Throws Error, kInvalidArgument, if it depends on a feed
/// or a variable.
std::shared_ptr<Function> extract_initializer(const Tensor& value, const std::string& variable,
                                              Place place);
/// Traces `make` into a function of its own, with names under `variable`.
std::shared_ptr<Function> trace_initializer(const std::string& variable,
                                            const std::function<Tensor()>& make);
/// The same of an initializer. Throws Error, kInvalidArgument, if it is empty, or gives anything
/// but a value of `type`.
std::shared_ptr<Function> trace_initializer(const std::string& variable, const TensorType& type,
                                            const Initializer& initializer);
/// The index of the variable that `tensor` reads, or -1.
int32_t variable_index(const Tensor& tensor);

}  // namespace reckon::graph
