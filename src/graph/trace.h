// SPDX-License-Identifier: Apache-2.0
// The graph being built on this thread: the current function, name scopes and automatic names.
// Ops go through add_node; parameters, variables and copies of bodies are put in as they are.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <reckon/tensor.h>
#include "graph/function.h"
#include "graph/module.h"

namespace reckon::reckon_internal::graph {

/// A side result of a trace that is not part of the function's value.
struct Summary {
  enum class Kind { kScalar, kHistogram } kind;
  std::string tag;
  Tensor value;
  Place place;  ///< the line that asked for it
};
/// An effect of every minimized loss that depends on `source`, such as a moving average's update.
/// Several of them in one step make it happen once.
struct LossEffect {
  Tensor source;
  Operation update;
};

class PrefixScope;

/// One trace. Names restart with each, so that traces meet in the same variables.
class Trace {
 public:
  Trace(std::shared_ptr<Module> module, Function* function);
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  std::shared_ptr<Module> module;
  std::vector<Function*> functions;  ///< innermost last
  std::vector<Summary> summaries;
  std::vector<LossEffect> loss_effects;
  std::map<std::string, Tensor> variables;  ///< by name: made or met in this trace
  bool is_model_fn = false;                 ///< nothing may be evaluated while it is traced
  Place place;  ///< if known, the line that every new node gets: see PlaceScope

  Function* function() const { return functions.back(); }
  Function* outermost() const { return functions.front(); }
  bool is_in_subgraph() const { return functions.size() > 1; }
  /// "tower/" or "": what the newest PrefixScope that is open says.
  const std::string& prefix() const;
  /// "prefix/base", made unique in this trace by "_1", "_2" …
  std::string unique_name(const std::string& base);
  /// A name for a layer's or variable's scope, counted apart from node names.
  std::string unique_scope(const std::string& base);

 private:
  friend class PrefixScope;
  std::map<std::string, int> node_names_, scope_names_;
  std::vector<std::pair<const PrefixScope*, std::string>> prefixes_;
};

/// The trace of this thread. Throws Error, kFailedPrecondition, if no graph is being built.
Trace& current_trace(const char* where, Place place = {});
std::shared_ptr<Trace> current_trace_pointer(const char* where, Place place = {});
bool is_tracing();

// Scopes keep the trace that they were made in: what they undo at their end is done there, whatever
// is current by then, in which order and on which thread they end. Their destructors cannot throw.

class ThreadTraces;

/// Makes a trace its thread's current one while it lives. The newest that is open counts.
class TraceScope {
 public:
  explicit TraceScope(std::shared_ptr<Trace> trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  std::shared_ptr<ThreadTraces> traces_;
};

/// Names of nodes and variables begin with `prefix` alone while it lives: outer ones are part of
/// it.
class PrefixScope {
 public:
  explicit PrefixScope(std::string prefix);
  ~PrefixScope();
  PrefixScope(const PrefixScope&) = delete;
  PrefixScope& operator=(const PrefixScope&) = delete;

 private:
  std::shared_ptr<Trace> trace_;
};

/// Gives every node made while it lives one line: the user's, of a call that the library composes
/// of ops. The outermost scope wins, for that is the user's call; gradients force the forward op's
/// line. An unknown place changes nothing.
class PlaceScope {
 public:
  enum class Rule { kOutermost, kForced };
  explicit PlaceScope(Place place, Rule rule = Rule::kOutermost);
  ~PlaceScope();
  PlaceScope(const PlaceScope&) = delete;
  PlaceScope& operator=(const PlaceScope&) = delete;

 private:
  std::shared_ptr<Trace> trace_;
  Place previous_;
};

/// The line of the user's whole call, if the library composes one; else `own`.
Place user_place(Place own);

/// While it lives, nodes are made in `function`, which encloses the current one. Any other function
/// changes nothing.
class EnclosingScope {
 public:
  explicit EnclosingScope(const Function* function);
  ~EnclosingScope();
  EnclosingScope(const EnclosingScope&) = delete;
  EnclosingScope& operator=(const EnclosingScope&) = delete;

 private:
  std::shared_ptr<Trace> trace_;
  std::vector<Function*> functions_;
};

/// Builds a subgraph: ops go to a new function until the end of the scope.
class SubgraphScope {
 public:
  explicit SubgraphScope(const std::string& name);
  ~SubgraphScope();
  SubgraphScope(const SubgraphScope&) = delete;
  SubgraphScope& operator=(const SubgraphScope&) = delete;
  const std::shared_ptr<Function>& function() const { return function_; }
  /// A parameter of the subgraph.
  Tensor parameter(const TensorType& type, const std::string& name);

 private:
  std::shared_ptr<Trace> trace_;
  std::shared_ptr<Function> function_;
};

/// Adds a node to the current function and infers its types; values of outer functions are
/// captured. An Error of the shape rule gets `place`. With a poison input the outputs are poison
/// and no rule runs; `poison_outputs` says how many there are then.
Tensors add_node(const Op& op, Options options, const Tensors& inputs, Place place,
                 Subgraphs subgraphs = {}, int poison_outputs = 1);
/// `tensor` as a value of the current function, captured if it belongs to an outer one.
/// Throws Error, kInvalidArgument, if it belongs to another graph.
Tensor localize(const Tensor& tensor, Place place);
Tensor constant_node(Array value, Place place);

template <class T>
Options make_options(T options) {
  return std::make_shared<const T>(std::move(options));
}

}  // namespace reckon::reckon_internal::graph
