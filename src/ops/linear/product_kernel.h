// SPDX-License-Identifier: Apache-2.0
// The kernels of matmul. All of them add up each element over k in ascending order, from 0, so the
// rows that take a dtype have the same bits.
#pragma once

#include <reckon/linalg.h>
#include "kernels/gemm/gemm.h"
#include "ops/kernel.h"

namespace reckon::ops {

/// float32 on kernels::Gemm, whose bits depend on no extent but the inner one. A right operand that
/// lasts is packed when a version of it is met for the second time. The bias of an epilogue is input 2, float32[n].
///   throws  Error, kInvalidArgument, if only the data know the columns of b
Kernel gemm_product(const MatmulOptions& options, const KernelSpec& spec,
                    kernels::GemmEpilogue epilogue = kernels::GemmEpilogue::kNone);
/// float64, int32 and int64 (wrapping), blocked for the caches.
Kernel simple_product(const MatmulOptions& options, const KernelSpec& spec);
/// The definition, element by element, of every dtype: what the others are compared with.
Kernel plain_product(const MatmulOptions& options, const KernelSpec& spec);

}  // namespace reckon::ops
