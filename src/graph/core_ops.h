// SPDX-License-Identifier: Apache-2.0
// The ops that the graph itself knows: what a function reads from outside, and what it does to
// variables. Assignments are effects without outputs; a plan turns them into one new value for each
// variable.
#pragma once

#include "graph/function.h"

namespace reckon::graph {

struct ParameterOptions {
  int64_t index = 0;
  bool poison = false;  ///< may be computed with, never run
};
struct VariableOptions {
  int64_t variable = 0;
};
struct ConstantOptions {
  Array value;
};
enum class AssignKind { kSet, kAdd, kSubtract };
/// Input 0: the value, the increment or the decrement.
struct AssignOptions {
  int64_t variable = 0;
  AssignKind kind = AssignKind::kSet;
};
struct NoOptions {};

extern const Op parameter_op;  ///< a feed, or a captured value of a subgraph
extern const Op variable_op;   ///< a variable's value at the start of the step
extern const Op constant_op;
extern const Op is_training_op;  ///< a bool scalar that is a constant in each plan
extern const Op assign_op;

/// Adds a parameter of that type, the function's next; `name` is the node's.
ValueId add_parameter(Function& function, const TensorType& type, const std::string& name,
                      Place place = {}, bool poison = false);

bool is_constant(const Node& node);
const Array& constant_value(const Node& node);

}  // namespace reckon::graph
