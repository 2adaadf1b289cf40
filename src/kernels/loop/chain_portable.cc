// SPDX-License-Identifier: Apache-2.0
// The steps of chains for any processor; the build gives this file its compiler flags.
#include "kernels/loop/chain_kernels.h"

namespace reckon::kernels {

const ChainKernels& portable_chain_kernels() { return kChainKernels; }

}  // namespace reckon::kernels
