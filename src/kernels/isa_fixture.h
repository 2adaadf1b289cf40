// SPDX-License-Identifier: Apache-2.0
// For tests: a fixture that skips, naming the instruction set, where the processor lacks it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kernels/isa.h"

namespace reckon::kernels::testing_support {

/// `using GemmAvx2 = OnIsa<Isa::kAvx2>;` for the tests of gemm_avx2.cc.
template <Isa kIsa>
class OnIsa : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!isa_available(kIsa)) GTEST_SKIP() << "this processor lacks " << isa_name(kIsa);
  }
};

}  // namespace reckon::kernels::testing_support
