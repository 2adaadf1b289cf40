// SPDX-License-Identifier: Apache-2.0
// Which values share memory: a view shares with its input.
#pragma once

#include "graph/function.h"

namespace reckon::passes {

/// The value whose memory `value` is: itself, or what it is a view of.
graph::ValueId alias_root(const graph::Function& function, graph::ValueId value);
/// The variable whose present memory `value` is, or -1.
int32_t aliased_variable(const graph::Function& function, graph::ValueId value);
/// True if `node` may write output `output` over the memory of input `input`.
bool may_overwrite(const graph::Function& function, const graph::Node& node, int32_t output,
                   int32_t input);

}  // namespace reckon::passes
