// SPDX-License-Identifier: Apache-2.0
// The steps of chains for AVX-512; the build gives this file its compiler flags.
#include "kernels/loop/chain_kernels.h"

namespace reckon::kernels {

const ChainKernels& avx512_chain_kernels() { return kChainKernels; }

}  // namespace reckon::kernels
