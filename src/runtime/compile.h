// SPDX-License-Identifier: Apache-2.0
// From a traced function to a Program: copy, passes, memory plan, kernels.
#pragma once

#include <memory>
#include <optional>

#include "base/hash.h"
#include "passes/plan.h"
#include "runtime/memory_plan.h"
#include "runtime/program.h"

namespace reckon::runtime {

struct CompileRequest {
  passes::Request request;
  graph::Types parameters;          ///< concrete, one for each parameter of the function
  std::optional<bool> is_training;  ///< unset: is_training() may not be needed
  Results results = Results::kInArena;
};

std::shared_ptr<const Program> compile(const CompileRequest& request);

/// For keys of caches: of types, one after the other.
void hash_types(base::Hasher& hasher, const graph::Types& types);

/// A plan that can be told from others before it is compiled.
struct KeyedPlan {
  passes::Plan plan;
  uint64_t key = 0;  ///< structural: equal for equal functions, shapes and modes
};
KeyedPlan make_keyed_plan(const CompileRequest& request);
std::shared_ptr<const Program> compile(KeyedPlan keyed, const CompileRequest& request);

}  // namespace reckon::runtime
