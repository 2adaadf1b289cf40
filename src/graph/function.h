// SPDX-License-Identifier: Apache-2.0
// The one structure of the compiler: a Function is a list of nodes in static single assignment
// form. Nodes are in topological order; inputs name earlier nodes. Passes make new functions, never
// edit traced ones.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <reckon/tensor.h>
#include "graph/op.h"

namespace reckon::reckon_internal::graph {

struct Node {
  const Op* op = nullptr;
  Options options;
  std::vector<ValueId> inputs;
  Types outputs;
  Subgraphs subgraphs;
  std::string name;  ///< with its scopes; unique in its trace, but copies of a body keep theirs
  Place place;       ///< the user's line

  template <class T>
  const T& as() const {
    return *static_cast<const T*>(options.get());
  }
};

/// A dimension that only the data knows: `multiplier` times the value of the extent `base`, or, if
/// `base` is negative, a number that the producing step writes. In a Shape it stands as
/// `extent_dim(index)`.
struct Extent {
  int64_t bound = 0;
  int32_t base = -1;
  int64_t multiplier = 1;
};
/// A user's shape: every negative extent is unknown, none the name of a run-time extent.
inline Shape with_unknown(Shape shape) {
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] < 0) shape.set(axis, kUnknown);
  }
  return shape;
}
constexpr int64_t extent_dim(int32_t index) { return -2 - static_cast<int64_t>(index); }
constexpr bool is_extent(int64_t dim) { return dim <= -2; }
constexpr int32_t extent_index(int64_t dim) { return static_cast<int32_t>(-2 - dim); }

/// A use of an outer function's value inside a subgraph: parameter `parameter` stands for `outer`.
struct Capture {
  ValueId outer;
  int32_t parameter = 0;
};

/// The types that a function gave for the parameter types it was asked about last: shape rules of
/// nested subgraphs would ask for them at each level again. Safe to use from several threads; a
/// copy of a function, which may be changed, knows none.
class KnownTypes {
 public:
  KnownTypes() = default;
  KnownTypes(const KnownTypes&) {}
  KnownTypes& operator=(const KnownTypes&) { return *this; }
  /// Empty if these are not the types asked about last.
  std::optional<Types> find(const Types& parameters, bool is_planned) const;
  void keep(const Types& parameters, bool is_planned, const Types& results);

 private:
  mutable std::mutex mutex_;
  bool is_planned_ = false;
  Types parameters_;
  std::optional<Types> results_;
};

class Function {
 public:
  Function(std::string name, Module* module, Function* parent = nullptr)
      : name(std::move(name)), module(module), parent(parent) {}

  ValueId add(Node node);
  const Node& node(ValueId id) const { return nodes[id.node]; }
  const TensorType& type(ValueId id) const { return nodes[id.node].outputs[id.output]; }
  int32_t size() const { return static_cast<int32_t>(nodes.size()); }
  /// The bound of a dimension of a planned shape: itself, or the extent's bound.
  int64_t bound(int64_t dim) const;
  Shape bound(const Shape& shape) const;
  /// `with_subgraphs`: those of its nodes too, below each.
  std::string text(bool with_subgraphs = true) const;

  std::string name;
  Module* module;
  Function* parent;  ///< of a subgraph: the function whose values it captures
  std::vector<Node> nodes;
  std::vector<ValueId> parameters;
  std::vector<ValueId> results;
  std::vector<Capture> captures;
  std::vector<Extent> extents;
  mutable KnownTypes known_types;  ///< of infer_function
};

/// Throws Error, kInternal, naming the node, if the function breaks an invariant: an input that is
/// not an earlier value, a missing op, a result that does not exist. Subgraphs are functions of
/// their own, which are verified when they are compiled.
void verify(const Function& function, const std::string& after_pass);

/// A hash of structure: ops, options, edges, types, results; not names and places.
/// Equal functions of different processes have equal hashes.
uint64_t structural_hash(const Function& function);

}  // namespace reckon::reckon_internal::graph
