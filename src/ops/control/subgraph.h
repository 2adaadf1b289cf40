// SPDX-License-Identifier: Apache-2.0
// What ops with subgraphs share: tracing them, giving several of them one parameter list, checking
// types, and laying out the buffers of their kernels. A node's inputs are the values of that
// parameter list.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "graph/trace.h"
#include "ops/kernel.h"

namespace reckon::ops {

/// Throws Error, kInvalidArgument, with the user's line, unless the functions of a call are there.
void require_functions(const char* where, bool are_there, Place place);

/// Traces `make` into a function named `name`; the Tensors that it returns become the results.
std::shared_ptr<graph::Function> trace_subgraph(
    const std::string& name, Place place,
    const std::function<Tensors(graph::SubgraphScope&)>& make);

/// Gives all `functions` one parameter list: the `own` parameters that each already has first, then
/// every value that any of them captured. Returns those values, as Tensors of the current function.
Tensors unify_captures(const graph::Subgraphs& functions, size_t own);

/// `body` on `arguments`, added to the current function; values of outer functions are captured.
Tensors inline_subgraph(const graph::Function& body, const Tensors& arguments);

/// Throws Error, kInvalidArgument, for strings and for sizes that only the data knows: the buffers
/// of subgraphs have one size for the life of a program.
void require_fixed_buffers(const char* where, const graph::Types& types);
/// The sizes alone: what a subgraph reads from outside may be strings, but not of a size that only
/// the data knows, for its program has no extents of the outer one.
void require_fixed_sizes(const char* where, const graph::Types& types);

/// "float32[3], int32[]"
std::string types_text(const graph::Types& types);
/// Equal dtypes and ranks, and no dimension known to differ.
bool may_be_equal(const graph::Types& a, const graph::Types& b);

size_t buffer_bytes(const graph::TensorType& type);

}  // namespace reckon::ops
