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

namespace reckon {

/// What to feed: pairs of a placeholder and an Array of its dtype and of a shape that fits it.
using Feeds = std::vector<std::pair<Tensor, Array>>;

struct RunRequest {
  std::vector<Tensor> fetches = {};
  std::vector<Operation> targets = {};
  Feeds feeds = {};
};

struct SessionOptions {
  uint64_t random_seed = 0;
};

/// Variables of one Graph, and compiled programs of it: one for each (fetches, targets, concrete
/// feed shapes). Used from one thread at a time.
class Session {
 public:
  explicit Session(Graph& graph, SessionOptions options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Gives every variable its initial value.
  void initialize_variables();
  /// Runs one step and returns the fetches. Fetching a variable beside its own update gives the
  /// value before.
  ///   throws  Error, kFailedPrecondition, if a variable was not initialised or a placeholder not
  ///   fed;
  ///           kInvalidArgument, if a feed does not fit its placeholder or the data show a fault
  std::vector<Array> run(const RunRequest& request);

  /// What run() does with names, shapes and programs resolved once.
  class Callable {
   public:
    /// `feeds` in the order of the placeholders given to make_callable.
    std::vector<Array> operator()(const std::vector<Array>& feeds);

   private:
    friend class Session;
    struct State;
    std::shared_ptr<State> state_;
  };
  Callable make_callable(const std::vector<Tensor>& fetches, const std::vector<Operation>& targets,
                         const std::vector<Tensor>& placeholders);

  /// Present value of a variable. Throws Error, kNotFound, listing the names there are.
  Array variable_value(const std::string& name) const;
  void set_variable(const std::string& name, const Array& value);
  /// Programs compiled so far, initializers not counted.
  int programs_compiled() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The value of `tensor` in a throw-away session (variables at their initial values).
///   throws  Error, kFailedPrecondition, inside model_fn
Array evaluate_now(const Tensor& tensor, const Feeds& feeds = {});
std::vector<Array> evaluate_now(const std::vector<Tensor>& tensors, const Feeds& feeds = {});

}  // namespace reckon
