// SPDX-License-Identifier: Apache-2.0
// FusedProduct: the compiler's node for a float32 matmul that adds a bias and clips at 0 while an
// element is in a register. It has the bits of the separate ops.
#pragma once

#include <reckon/linalg.h>
#include "kernels/gemm/gemm.h"
#include "ops/define.h"

namespace reckon::passes {

/// Inputs are a, b and, for the epilogues that add one, the bias float32[n].
struct FusedProductOptions {
  MatmulOptions matmul;
  kernels::GemmEpilogue epilogue = kernels::GemmEpilogue::kNone;
};

const graph::Op& fused_product_op();

}  // namespace reckon::passes
