// SPDX-License-Identifier: Apache-2.0
// Declaring a variable and meeting it again: by name, in one module, once for each trace.
#pragma once

#include <reckon/initializers.h>
#include "graph/trace.h"

namespace reckon::reckon_internal::graph {

struct VariableRequest {
  std::string name;  ///< with its scopes
  VariableKind kind = VariableKind::kWeight;
  bool trainable = true;
  /// True for state that several callers share by name: global_step.
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
/// The index of the variable that `tensor` reads; -1 if it reads none or is not valid().
int32_t variable_index(const Tensor& tensor);

// What an assignment makes of the ones before it follows from those that run in the same step, not
// from those that were made.

/// `variable` as the step's assignments that were made before this call leave it.
Tensor latest_value(const Tensor& variable);
/// `value`, or `otherwise` in a step that runs an assignment to `variable` made before this call.
Tensor unless_assigned(const Tensor& variable, const Tensor& value, const Tensor& otherwise);

}  // namespace reckon::reckon_internal::graph
