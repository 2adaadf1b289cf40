// SPDX-License-Identifier: Apache-2.0
// What a loop and its gradient share. Subgraphs of a loop: the condition, the body; their
// parameters, and the loop's inputs: the carried values, then what either uses from outside.
#pragma once

#include <memory>
#include <vector>

#include "base/scratch_layout.h"
#include "ops/control/subgraph.h"
#include "ops/define.h"

namespace reckon::ops {

struct WhileOptions {
  int64_t carried = 0;
  int64_t maximum_iterations = -1;  ///< negative: no limit
};

/// A parameter of the subgraph being traced for each value, of its type: name_0, name_1 …
Tensors parameters_like(graph::SubgraphScope& scope, const Tensors& values, const char* name);

/// The loop's gradient rule; in while_gradient.cc.
Tensors while_gradient(const WhileOptions& options, const Backward& b);

/// A compiled condition and body, and the pointers that they are called with.
struct WhileParts {
  WhileParts(const KernelSpec& spec, int64_t carried, size_t inputs, int64_t maximum_iterations,
             base::ScratchLayout& layout);

  /// Fills the lists that begin at `call.scratch`: what the subgraphs use from outside never
  /// changes.
  void set_captures(const KernelCall& call) const;
  /// Asks the condition about the carried values at `values`.
  kernels::Fault ask(const KernelCall& call, const void* const* values, bool* goes_on) const;
  /// Runs the body once, from `values` to `results`.
  kernels::Fault step(const KernelCall& call, const void* const* values,
                      void* const* results) const;
  bool is_over(int64_t iterations) const {
    return maximum_iterations >= 0 && iterations >= maximum_iterations;
  }

  std::shared_ptr<const Subprogram> condition, body;
  size_t carried, inputs;
  int64_t maximum_iterations;
  size_t arguments_at, decision_at;
  std::vector<size_t> sizes;  ///< bytes of each carried value

 private:
  const void** arguments(const KernelCall& call, const void* const* values) const;
};

/// A part of a kernel's scratch.
template <class T>
T* scratch_part(const KernelCall& call, size_t offset) {
  return reinterpret_cast<T*>(static_cast<std::byte*>(call.scratch) + offset);
}

}  // namespace reckon::ops
