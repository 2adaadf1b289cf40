// SPDX-License-Identifier: Apache-2.0
// A Plan is a function on its way to a program: a copy of what was traced, pruned to what one call
// wants. Passes rewrite it; the traced function stays as the user made it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "graph/function.h"
#include "graph/module.h"

namespace reckon::passes {

struct Plan {
  explicit Plan(graph::Function function) : function(std::move(function)) {}

  /// Results: first the fetches, then one new value for each entry of `updates`.
  graph::Function function;
  int32_t fetch_count = 0;
  std::vector<int32_t> updates;  ///< module index of the variable that the result becomes

  /// Set by `schedule`: these outputs are written straight into their variable.
  struct Binding {
    graph::ValueId value;
    int32_t variable = -1;
  };
  std::vector<Binding> bindings;

  int32_t update_result(size_t update) const { return fetch_count + static_cast<int32_t>(update); }
};

/// Computes the results of a function without parameters or variables.
using Evaluator = std::function<std::vector<Array>(const graph::Function&)>;

struct PassContext {
  graph::Types parameters;          ///< concrete types of the function's parameters
  std::optional<bool> is_training;  ///< what is_training() is in this plan
  Evaluator evaluate;               ///< for constant folding; injected by the runtime
};

/// What one call asks of a traced function.
struct Request {
  const graph::Function* function = nullptr;
  std::vector<graph::ValueId> fetches;
  std::vector<int32_t> effects;  ///< assign nodes, in the order in which they were made
};

/// Copies what `request` needs. Assignments become one new value for each variable: reads see the
/// value before, assignments apply in order. Throws Error, kInvalidArgument, if something poison is
/// needed, naming the line that uses it.
Plan make_plan(const Request& request);

}  // namespace reckon::passes
