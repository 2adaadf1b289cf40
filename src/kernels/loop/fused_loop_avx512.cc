// SPDX-License-Identifier: Apache-2.0
// The kernels of the fused loop for AVX-512; the build gives this file its compiler flags.
#include "kernels/loop/find_kernel.h"

namespace reckon::kernels {

const LoopKernels& avx512_loop_kernels() {
  static constexpr LoopKernels kKernels = loop_kernels_with(avx512_chain_kernels);
  return kKernels;
}

}  // namespace reckon::kernels
