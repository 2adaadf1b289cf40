// SPDX-License-Identifier: Apache-2.0
// The order in which a program's varying instructions run: kernel calls, and chains between them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "expr/program.h"

namespace reckon::kernels {

/// Instructions, by the ids of their values: several for a chain, one for a kernel call.
struct LoopPart {
  std::vector<int32_t> values;
  bool is_chain = false;
};

/// Cuts the instructions for which `is_varying` into parts, each after those whose values it reads.
/// As many light ones as can run together make a chain, in an order in which results are used at
/// once.
std::vector<LoopPart> cut_into_parts(const expr::Program& program,
                                     const std::function<bool(int32_t)>& is_varying,
                                     const std::function<bool(int32_t)>& is_light);

}  // namespace reckon::kernels
