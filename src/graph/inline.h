// SPDX-License-Identifier: Apache-2.0
// Putting the body of a subgraph into another function: a branch whose predicate is known, or a
// forward body inside the gradient that recomputes it.
#pragma once

#include <vector>

#include "graph/function.h"

namespace reckon::reckon_internal::graph {

/// Adds the nodes of `body`, its parameters replaced by `arguments` (values of `target`), and
/// returns where its results stand. Types are inferred again from the arguments; `planned` as in
/// InferContext. Names stay, because random ops are keyed by them: a body is inlined at most once
/// into one function.
std::vector<ValueId> inline_function(const Function& body, const std::vector<ValueId>& arguments,
                                     Function& target, Function* planned = nullptr);

}  // namespace reckon::reckon_internal::graph
