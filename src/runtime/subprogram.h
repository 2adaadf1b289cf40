// SPDX-License-Identifier: Apache-2.0
// Subgraphs as programs of their own, for cond and while_loop.
#pragma once

#include "ops/kernel.h"

namespace reckon::runtime {

/// Compiles a subgraph whose parameters have those planned types.
std::shared_ptr<const ops::Subprogram> compile_subprogram(const graph::Function& function,
                                                          const graph::Types& parameters);

}  // namespace reckon::runtime
