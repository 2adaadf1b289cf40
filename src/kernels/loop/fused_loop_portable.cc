// SPDX-License-Identifier: Apache-2.0
// The kernels of the fused loop for any processor; the build gives this file its compiler flags.
#include "kernels/loop/find_kernel.h"

namespace reckon::kernels {

const LoopKernels& portable_loop_kernels() {
  static constexpr LoopKernels kKernels = loop_kernels_with(portable_chain_kernels);
  return kKernels;
}

}  // namespace reckon::kernels
