// SPDX-License-Identifier: Apache-2.0
// The function that the user gave to map(), traced once into a module of its own.
#pragma once

#include <memory>

#include "data/nodes.h"
#include "graph/module.h"

namespace reckon::reckon_internal::data {

struct TracedMap {
  std::shared_ptr<graph::Module> module;
  const graph::Function* function =
      nullptr;  ///< parameters: the input's columns; results: those of `spec`
  DatasetSpec spec;
};

/// Throws Error, kInvalidArgument, naming the user's line, if the function makes variables, returns
/// no features, or a Tensor of another graph.
TracedMap trace_map(const Node& input, const ElementFunction& function, Place place);

}  // namespace reckon::reckon_internal::data
