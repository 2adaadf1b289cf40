// SPDX-License-Identifier: Apache-2.0
// Building a graph: Graph and its scope, placeholders, variables, assignments, gradients.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <reckon/initializers.h>
#include <reckon/tensor.h>

namespace reckon {

namespace reckon_internal::graph {
class Trace;
class TraceScope;
class PrefixScope;
}  // namespace reckon_internal::graph

/// A graph under construction and the variables it declares. Run it with a Session.
class Graph {
 public:
  /// An empty one.
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// For the library: where its nodes are made.
  reckon_internal::graph::Trace& trace() const { return *trace_; }

 private:
  friend class GraphScope;
  std::shared_ptr<reckon_internal::graph::Trace> trace_;
};

/// While it lives, ops on this thread are added to `graph`. Scopes may be nested, and may end in
/// any order and on any thread: the newest that is open on the thread that made it counts.
class GraphScope {
 public:
  /// What is built lives as long as the scope, also if `graph` does not.
  explicit GraphScope(Graph& graph);
  ~GraphScope();
  GraphScope(const GraphScope&) = delete;
  GraphScope& operator=(const GraphScope&) = delete;

 private:
  std::unique_ptr<reckon_internal::graph::TraceScope> scope_;
};

/// While it lives, names of nodes and variables of the graph that is being built begin with
/// `name/`. It ends in that graph, whatever is being built by then, and in any order.
/// Entering the same name twice reuses it: variables of the same name are shared only through a
/// layer object.
class NameScope {
 public:
  ///   throws  Error, kFailedPrecondition, while no graph is being built; kInvalidArgument, if the
  ///           name is no UTF-8
  explicit NameScope(const std::string& name, Place place = Place::here());
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;

 private:
  std::unique_ptr<reckon_internal::graph::PrefixScope> scope_;
};
/// The same as a function: `auto scope = name_scope("tower");` Source: tf.name_scope.
[[nodiscard]] NameScope name_scope(const std::string& name, Place place = Place::here());

/// A value that is fed at each run.
///   shape    kUnknown dimensions take any extent
///   name     of the node, in UTF-8; a number is added if it is taken
///   throws   Error, kFailedPrecondition, outside a graph
///   source   tf.compat.v1.placeholder
Tensor placeholder(DType dtype, const Shape& shape, const std::string& name = "placeholder",
                   Place place = Place::here());

/// What becomes of a variable.
struct VariableOptions {
  bool trainable = true;            ///< minimize() without a list updates it
  std::optional<DType> dtype = {};  ///< unset: of `initial`, or float32 with an initializer
};

/// A variable that starts as `initial` (an Array, a number, or a Tensor that depends on no feed).
/// The Tensor is the variable's value at the start of the step, before any update of that step.
/// Every trace of an Estimator meets in the variable of the same name; the first trace's initial
/// value counts.
///   name     after the name scopes; letters, digits and _ . \ / > -, the first one of it all a
///            letter, digit or dot; "global_step" is the step counter's
///   initial  any dtype but string, every extent known
///   returns  the dtype and shape of `initial`
///   throws   Error, kInvalidArgument, for a bad name or one that was already used in this trace,
///            or elsewhere with another dtype or shape, if `initial` needs a feed or a variable, or
///            is no number and of another dtype than options.dtype; kFailedPrecondition outside a
///            graph
///   source   tf.compat.v1.get_variable
Tensor variable(const std::string& name, Operand initial, VariableOptions options = {});
/// As above, of `shape` and options.dtype, any that the initializer makes (float32 and float64 all
/// of them; zeros, ones and constant every number), drawn from `initializer`, which uses no Tensor
/// from outside.
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
