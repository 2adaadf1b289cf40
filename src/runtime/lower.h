// SPDX-License-Identifier: Apache-2.0
// The last stage: a scheduled plan becomes steps with kernels, slots and one arena.
#pragma once

#include "runtime/memory_plan.h"
#include "runtime/program.h"

namespace reckon::runtime {

std::shared_ptr<Program> lower(const passes::Plan& plan, const graph::Types& parameters,
                               Results results = Results::kInArena);

}  // namespace reckon::runtime
