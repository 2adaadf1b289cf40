// SPDX-License-Identifier: Apache-2.0
// The ops that the graph itself knows: what a function reads from outside, and what it does to
// variables. Assignments are effects without outputs; a plan turns them into one new value for each
// variable.
#pragma once

#include "graph/function.h"

namespace reckon::reckon_internal::graph {

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
/// The assignment that an effect node is.
///   throws  Error, kInternal, for another kind of effect: a plan knows no other
const AssignOptions& assignment(const Node& node);

extern const Op parameter_op;  ///< a feed, or a captured value of a subgraph
extern const Op variable_op;   ///< a variable's value at the start of the step
extern const Op constant_op;
extern const Op is_training_op;  ///< a bool scalar that is a constant in each plan
extern const Op assign_op;
// Two ops that a plan resolves, for only it knows which assignments its step makes. VariableOptions
// say of which variable; "before" means made before the node.
extern const Op latest_op;  ///< input 0, a variable, as the step's assignments before left it
extern const Op unless_assigned_op;  ///< input 0, or input 1 if the step assigned before

/// Adds a parameter of that type, the function's next; `name` is the node's.
ValueId add_parameter(Function& function, const TensorType& type, const std::string& name,
                      Place place = {}, bool poison = false);

bool is_constant(const Node& node);
const Array& constant_value(const Node& node);

}  // namespace reckon::reckon_internal::graph
