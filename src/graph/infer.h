// SPDX-License-Identifier: Apache-2.0
// Types of a whole function for given parameter types: what a shape rule of an op with subgraphs
// needs when a plan is made, and what the compiler's specialisation does.
#pragma once

#include "graph/function.h"

namespace reckon::reckon_internal::graph {

/// `types`, unless one takes more bytes than a process can address: products of dimensions and sums
/// of sizes rely on it.
///   throws  Error, kInvalidArgument, naming the type
Types addressable(Types types);

/// Runs the shape rules of every node again with `parameters` as the parameters' types.
/// Variables and constants keep their own. `planned` as in InferContext: owns new run-time extents.
/// Errors carry the node's place. Returns the types of every node, by node.
std::vector<Types> infer_nodes(const Function& function, const Types& parameters,
                               Function* planned);
/// The types of the results only. Of a function that is complete: they are remembered.
Types infer_function(const Function& function, const Types& parameters, Function* planned);

}  // namespace reckon::reckon_internal::graph
