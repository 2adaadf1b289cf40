// SPDX-License-Identifier: Apache-2.0
// Building a graph: Graph and its scope, placeholders, variables, assignments, gradients.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <reckon/initializers.h>
#include <reckon/tensor.h>

namespace reckon {

namespace graph {
class Trace;
class TraceScope;
}  // namespace graph

/// A graph under construction and the variables it declares. Run it with a Session.
class Graph {
 public:
  /// An empty one.
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// For the library: where its nodes are made.
  graph::Trace& trace() const { return *trace_; }

 private:
  std::shared_ptr<graph::Module> module_;
  std::unique_ptr<graph::Trace> trace_;
};

/// While it lives, ops on this thread are added to `graph`; scopes may be nested.
class GraphScope {
 public:
  /// `graph` must outlive it.
  explicit GraphScope(Graph& graph);
  ~GraphScope();
  GraphScope(const GraphScope&) = delete;
  GraphScope& operator=(const GraphScope&) = delete;

 private:
  std::unique_ptr<graph::TraceScope> scope_;
};

/// While it lives, names of nodes and variables on this thread begin with `name/`.
/// Entering the same name twice reuses it: variables of the same name are shared only through a
/// layer object.
class NameScope {
 public:
  ///   throws  Error, kFailedPrecondition, while no graph is being built
  explicit NameScope(const std::string& name);
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;

 private:
  std::string previous_;
};
/// The same as a function: `auto scope = name_scope("tower");` Source: tf.name_scope.
[[nodiscard]] NameScope name_scope(const std::string& name);

/// A value that is fed at each run.
///   shape    kUnknown dimensions take any extent
///   name     of the node; a number is added if it is taken
///   throws   Error, kFailedPrecondition, outside a graph
///   source   tf.compat.v1.placeholder
Tensor placeholder(DType dtype, const Shape& shape, const std::string& name = "placeholder",
                   Place place = Place::here());

/// What becomes of a variable.
struct VariableOptions {
  bool trainable = true;  ///< minimize() without a list updates it
};

/// A variable that starts as `initial` (an Array, a number, or a Tensor that depends on no feed).
/// The Tensor is the variable's value at the start of the step, before any update of that step.
/// Every trace of an Estimator meets in the variable of the same name; the first trace's initial
/// value counts.
///   name     after the name scopes; letters, digits and _ . \ / > -, the first one of it all a
///            letter, digit or dot
///   initial  any dtype but string, every extent known
///   returns  the dtype and shape of `initial`
///   throws   Error, kInvalidArgument, for a bad name or one that was already used in this trace,
///            or elsewhere with another dtype or shape, or if `initial` needs a feed or a variable;
///            kFailedPrecondition outside a graph
///   source   tf.compat.v1.get_variable
Tensor variable(const std::string& name, Operand initial, VariableOptions options = {});
/// As above, float32 of `shape`, drawn from `initializer`, which uses no Tensor from outside.
Tensor variable(const std::string& name, const Shape& shape, const Initializer& initializer,
                VariableOptions options = {}, Place place = Place::here());

/// New value of a variable at the end of the step. `variable` must come from variable().
/// Several assignments to one variable in one run apply in the order in which they were made.
///   value   the variable's dtype; its shape or one that broadcasts to it
///   throws  Error, kInvalidArgument, if the Tensor is no variable, the value does not fit, or
///           inside cond and while_loop
///   source  tf.compat.v1.assign
Operation assign(Operand variable, Operand value);
/// Adds to the variable; all else as assign.
Operation assign_add(Operand variable, Operand increment);
/// Subtracts from the variable; all else as assign.
Operation assign_sub(Operand variable, Operand decrement);

/// d sum(y) / d x for each x, as Tensors of the same graph: gradients of gradients are ordinary
/// calls. An x that y does not depend on gets zeros. Nothing flows through integers, comparisons or
/// stop_gradient.
///   y        float32 or float64, any shape
///   returns  one Tensor for each x, of its dtype and shape
///   throws   Error, kInvalidArgument, if y is not floating or an op on the way has no gradient
///   source   tf.gradients, but zeros in place of None
Tensors gradients(Operand y, const Tensors& xs);
/// As above with the gradient that arrives at y, of its dtype and shape.
Tensors gradients(Operand y, const Tensors& xs, Operand grad_y);
/// The same value, of any dtype; gradients stop here. Source: tf.stop_gradient.
Tensor stop_gradient(Operand x);
/// What custom_gradient computes.
using ForwardRule = std::function<Tensors(const Tensors& inputs)>;
/// Its gradient: one Tensor for each input, of its dtype and shape, or Tensor() for none. `grads`
/// has zeros for floating outputs that nothing depends on.
using GradientRule =
    std::function<Tensors(const Tensors& inputs, const Tensors& outputs, const Tensors& grads)>;
/// `function(inputs)` with a gradient of the user's.
///   inputs   any dtype; a plain number is float32 or int32
///   returns  what `function` returns, no strings
///   throws   Error, kInvalidArgument, if a function is empty, returns strings or uses a trained
///            variable that is no input; where gradients are made, if the rule gives another
///            number, dtype or shape than the inputs have
///   source   tf.custom_gradient
Tensors custom_gradient(const Operands& inputs, ForwardRule function, GradientRule gradient);

/// bool[]: true while a step trains, and in every Session. A constant in each compiled program, so
/// that where() and cond() on it cost nothing.
///   throws  Error, kFailedPrecondition, outside a graph; kInvalidArgument in Dataset::map
Tensor is_training(Place place = Place::here());
/// The number of steps made so far: int64[], a variable that starts as 0. minimize() advances it.
///   throws  Error, kFailedPrecondition, outside a graph
///   source  tf.compat.v1.train.get_or_create_global_step
Tensor global_step(Place place = Place::here());

}  // namespace reckon
