// SPDX-License-Identifier: Apache-2.0
// Kernels of the compiler's own ops, Loop and LoopTable.
#pragma once

#include "ops/kernel.h"

namespace reckon::passes {

ops::Kernel loop_kernel(const void* options, const ops::KernelSpec& spec);
ops::Kernel loop_table_kernel(const void* options, const ops::KernelSpec& spec);

}  // namespace reckon::passes
