// SPDX-License-Identifier: Apache-2.0
// For tests: a function traced in a graph of its own, and one built node by node.
#pragma once

#include <utility>

#include <reckon/graph.h>

#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon::reckon_internal::graph {

/// Traces `make`, which returns one Tensor or several: the function's results.
class Traced {
 public:
  template <class Make>
  explicit Traced(Make make) {
    const GraphScope scope(graph_);
    for (const Tensor& result : list(make())) function().results.push_back(result.id());
  }
  Function& function() { return *graph_.trace().outermost(); }
  /// The node that makes a result.
  const Node& result(size_t number = 0) { return function().node(function().results.at(number)); }

 private:
  static Tensors list(Tensor tensor) { return {std::move(tensor)}; }
  static Tensors list(Tensors tensors) { return tensors; }
  Graph graph_;
};

}  // namespace reckon::reckon_internal::graph
