// SPDX-License-Identifier: Apache-2.0
// A kernel that is one strided copy from input 0 to output 0: planned once if the shapes are
// numbers, else at each run from the sizes that the data gave.
#pragma once

#include <functional>

#include "kernels/move/strided_copy.h"
#include "ops/kernel.h"

namespace reckon::ops {

/// Makes the copy from the extents of input and output; must not allocate.
using CopyPlan =
    std::function<kernels::StridedCopy(std::span<const int64_t> in, std::span<const int64_t> out)>;

Kernel strided_kernel(const KernelSpec& spec, CopyPlan plan);
/// A copy of input 0 as it lies: what a view does where it cannot share memory.
Kernel copy_kernel();

/// Writes the present value of `dim` if it is a run-time extent of its own.
void write_extent(const KernelCall& call, int64_t dim, int64_t value);

}  // namespace reckon::ops
