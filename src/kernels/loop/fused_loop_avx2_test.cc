// SPDX-License-Identifier: Apache-2.0
// The kernels of the fused loop for AVX2, against the portable ones and their definitions.
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/loop_variant_testing.h"
#include "kernels/loop/reduce_variant_testing.h"

namespace reckon::kernels {
namespace fused_loop_avx2_test {

using namespace testing_support;
using FusedLoopAvx2 = OnIsa<Isa::kAvx2>;

TEST_F(FusedLoopAvx2, IsWhatTheChoiceOfThatSetGives) {
  EXPECT_EQ(&loop_kernels(Isa::kAvx2), &avx2_loop_kernels());
  EXPECT_EQ(&avx2_loop_kernels().chains(), &avx2_chain_kernels());
}

TEST_F(FusedLoopAvx2, HasThePortableBitsForEveryInstruction) {
  expect_kernels_of(avx2_loop_kernels(), portable_loop_kernels());
}

TEST_F(FusedLoopAvx2, TakesScalarOperandsAsIfSpreadOut) {
  expect_scalar_kernels(avx2_loop_kernels());
}

TEST_F(FusedLoopAvx2, ReportsTheFaultOfAnyElement) { expect_faults(avx2_loop_kernels()); }

TEST_F(FusedLoopAvx2, CountsTheWordsOfPhilox) { expect_random_words(avx2_loop_kernels()); }

TEST_F(FusedLoopAvx2, ReducesBySixteenLanesAndATree) { expect_reductions(avx2_loop_kernels()); }

TEST_F(FusedLoopAvx2, GathersElementsOfEverySize) { expect_every_gather(avx2_loop_kernels()); }

}  // namespace fused_loop_avx2_test
}  // namespace reckon::kernels
