// SPDX-License-Identifier: Apache-2.0
// The kernels of the fused loop for AVX2 with FMA; the build gives this file its compiler flags.
#include "kernels/find_kernel.h"

namespace reckon::kernels {

const LoopKernels& avx2_loop_kernels() { return kLoopKernels; }

}  // namespace reckon::kernels
