// SPDX-License-Identifier: Apache-2.0
// Running a graph: Session, its callable, and evaluate_now for notebooks and debugging.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <reckon/graph.h>
#include <reckon/name.h>

namespace reckon {

/// What to feed: pairs of a placeholder and an Array of its dtype and of a shape that fits it.
using Feeds = std::vector<std::pair<Tensor, Array>>;

/// What one step computes.
struct RunRequest {
  std::vector<Tensor> fetches = {};     ///< values to return
  std::vector<Operation> targets = {};  ///< assignments and train ops to run
  Feeds feeds = {};                     ///< every placeholder that these need, each once
};

/// How a Session runs.
struct SessionOptions {
  uint64_t random_seed = 0;  ///< of initial values and of random ops without a seed of their own
};

/// Variables of one Graph, and compiled programs of it: one for each (fetches, targets, concrete
/// feed shapes), as long as it is among the 64 used last. Used from one thread at a time. Source:
/// tf.compat.v1.Session.
class Session {
 public:
  /// Of `graph`, which may go on growing; no variable has a value yet.
  explicit Session(Graph& graph, SessionOptions options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Gives every variable its initial value, also one that has a value.
  void initialize_variables(Place place = Place::here());
  /// Runs one step and returns the fetches. Fetching a variable beside its own update gives the
  /// value before.
  ///   returns  one Array for each fetch, in order
  ///   throws   Error, kFailedPrecondition, if a variable was not initialised or a placeholder not
  ///            fed; kInvalidArgument, if a feed does not fit its placeholder or comes twice, if
  ///            something is of another graph or inside cond or while_loop, or if the data show a
  ///            fault: no variable has changed then
  std::vector<Array> run(const RunRequest& request, Place place = Place::here());

  /// What run() does with names, shapes and programs resolved once.
  class Callable {
   public:
    /// `feeds` in the order of the placeholders given to make_callable, one for each; returns and
    /// throws as run().
    std::vector<Array> operator()(const std::vector<Array>& feeds, Place place = Place::here());

   private:
    friend class Session;
    struct State;
    std::shared_ptr<State> state_;
  };
  /// A Callable of these fetches and targets; it keeps the variables alive, also without the
  /// Session. Throws as run() for what is of another graph.
  Callable make_callable(const std::vector<Tensor>& fetches, const std::vector<Operation>& targets,
                         const std::vector<Tensor>& placeholders, Place place = Place::here());

  /// Present value of a variable.
  ///   throws  Error, kNotFound, listing the names there are, with the caller's line;
  ///           kFailedPrecondition, if it has none
  Array variable_value(const Name& name) const;
  /// Gives a variable a value, of its dtype and shape; it is initialised then.
  ///   throws  Error, kInvalidArgument, for another dtype or shape; kNotFound, listing the names
  ///           there are, for one that is not there, with the caller's line
  void set_variable(const Name& name, const Array& value);
  /// Programs compiled so far, initializers not counted.
  int programs_compiled() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The value of `tensor` in a throw-away session with seed 0 (variables at their initial values).
///   throws  Error, kFailedPrecondition, inside model_fn; else as Session::run
Array evaluate_now(const Tensor& tensor, const Feeds& feeds = {}, Place place = Place::here());
/// As above, of one or more Tensors in one step.
std::vector<Array> evaluate_now(const std::vector<Tensor>& tensors, const Feeds& feeds = {},
                                Place place = Place::here());

}  // namespace reckon
