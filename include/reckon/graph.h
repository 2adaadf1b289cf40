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
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  graph::Trace& trace() const { return *trace_; }

 private:
  std::shared_ptr<graph::Module> module_;
  std::unique_ptr<graph::Trace> trace_;
};

/// While it lives, ops on this thread are added to `graph`.
class GraphScope {
 public:
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
  explicit NameScope(const std::string& name);
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;

 private:
  std::string previous_;
};
/// `auto scope = name_scope("tower");`
[[nodiscard]] NameScope name_scope(const std::string& name);

/// A value that is fed at each run: dtype and shape (kUnknown dimensions take any extent).
///   throws  Error, kFailedPrecondition, outside a graph
Tensor placeholder(DType dtype, const Shape& shape, const std::string& name = "placeholder",
                   Place place = Place::here());

struct VariableOptions {
  bool trainable = true;  ///< minimize() without a list updates it
};

/// A variable that starts as `initial` (an Array, a number, or a Tensor that depends on no feed).
/// The Tensor is the variable's value at the start of the step, before any update of that step.
/// Every trace of an Estimator meets in the variable of the same name; the first trace's initial
/// value counts.
///   throws  Error, kInvalidArgument, if the name was already used in this trace, or elsewhere with
///   another dtype or shape
Tensor variable(const std::string& name, Operand initial, VariableOptions options = {});
/// As above, float32 of `shape`, drawn from `initializer`.
Tensor variable(const std::string& name, const Shape& shape, const Initializer& initializer,
                VariableOptions options = {}, Place place = Place::here());

/// New value of a variable at the end of the step. `variable` must come from variable().
/// Several assignments to one variable in one run apply in the order in which they were made.
///   value   the variable's dtype; its shape or one that broadcasts to it
///   throws  Error, kInvalidArgument, if the Tensor is no variable, or inside cond and while_loop
Operation assign(Operand variable, Operand value);
Operation assign_add(Operand variable, Operand increment);
Operation assign_sub(Operand variable, Operand decrement);

/// d sum(y) / d x for each x, as Tensors of the same graph: gradients of gradients are ordinary
/// calls. An x that y does not depend on gets zeros. Nothing flows through integers, comparisons or
/// stop_gradient.
///   y       float32 or float64, any shape
///   throws  Error, kInvalidArgument, if y is not floating or an op on the way has no gradient
Tensors gradients(Operand y, const Tensors& xs);
/// As above with the gradient that arrives at y (the shape and dtype of y).
Tensors gradients(Operand y, const Tensors& xs, Operand grad_y);
/// The same value; gradients stop here.
Tensor stop_gradient(Operand x);
/// `function(inputs)` with a gradient of the user's: `gradient(inputs, outputs, output gradients)`
/// gives one Tensor for each input.
using ForwardRule = std::function<Tensors(const Tensors& inputs)>;
using GradientRule =
    std::function<Tensors(const Tensors& inputs, const Tensors& outputs, const Tensors& grads)>;
Tensors custom_gradient(const Operands& inputs, ForwardRule function, GradientRule gradient);

/// True while a step trains: a constant in each compiled program, so that where() and cond() on it
/// cost nothing.
Tensor is_training(Place place = Place::here());
/// The number of steps made so far: int64[]. minimize() advances it.
Tensor global_step(Place place = Place::here());

}  // namespace reckon
