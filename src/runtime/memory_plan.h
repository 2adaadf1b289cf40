// SPDX-License-Identifier: Apache-2.0
// Gives every value of a scheduled plan a place: a variable, a feed, a constant or a range of one
// arena. Values that are never alive together share memory; an op that may work in place is written
// over an operand it uses up.
#pragma once

#include <vector>

#include "passes/plan.h"
#include "runtime/program.h"

namespace reckon::runtime {

struct MemoryPlan {
  std::vector<std::vector<Location>> locations;  ///< by node and output
  std::vector<size_t> scratch;                   ///< by node: arena offset
  std::vector<Array> constants;
  size_t arena_bytes = 0;
};

/// Where the results of a program lie.
enum class Results : uint8_t {
  kInArena,   ///< with all else
  kAtCaller,  ///< where a step computes them, in memory that the caller brings at each run
};

/// `scratch_bytes` by node. Values with a run-time extent get memory for its bound.
MemoryPlan plan_memory(const passes::Plan& plan, const std::vector<size_t>& scratch_bytes,
                       Results results = Results::kInArena);

}  // namespace reckon::runtime
