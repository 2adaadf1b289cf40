// SPDX-License-Identifier: Apache-2.0
// For tests: the instruction sets that can run here, and a fixture that skips, naming the
// instruction set, where the processor lacks it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/isa.h"

namespace reckon::kernels::testing_support {

/// Those of this processor, the portable one first.
inline std::vector<Isa> available_isas() {
  std::vector<Isa> found;
  for (Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (isa_available(isa)) found.push_back(isa);
  }
  return found;
}

/// `using GemmAvx2 = OnIsa<Isa::kAvx2>;` for the tests of gemm_avx2.cc.
template <Isa kIsa>
class OnIsa : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!isa_available(kIsa))
      GTEST_SKIP() << "this processor lacks " << isa_name(kIsa)
                   << "; one that has it runs this test";
  }
};

}  // namespace reckon::kernels::testing_support
