// SPDX-License-Identifier: Apache-2.0
// The kernels of the fused loop for AVX-512, against the portable ones and their definitions.
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/loop_variant_testing.h"
#include "kernels/loop/reduce_variant_testing.h"

namespace reckon::kernels {
namespace fused_loop_avx512_test {

using namespace testing_support;
using FusedLoopAvx512 = OnIsa<Isa::kAvx512>;

TEST_F(FusedLoopAvx512, IsWhatTheChoiceOfThatSetGives) {
  EXPECT_EQ(&loop_kernels(Isa::kAvx512), &avx512_loop_kernels());
  EXPECT_EQ(&avx512_loop_kernels().chains(), &avx512_chain_kernels());
}

TEST_F(FusedLoopAvx512, HasThePortableBitsForEveryInstruction) {
  expect_kernels_of(avx512_loop_kernels(), portable_loop_kernels());
}

TEST_F(FusedLoopAvx512, TakesScalarOperandsAsIfSpreadOut) {
  expect_scalar_kernels(avx512_loop_kernels());
}

TEST_F(FusedLoopAvx512, ReportsTheFaultOfAnyElement) { expect_faults(avx512_loop_kernels()); }

TEST_F(FusedLoopAvx512, CountsTheWordsOfPhilox) { expect_random_words(avx512_loop_kernels()); }

TEST_F(FusedLoopAvx512, ReducesBySixteenLanesAndATree) { expect_reductions(avx512_loop_kernels()); }

TEST_F(FusedLoopAvx512, GathersElementsOfEverySize) { expect_every_gather(avx512_loop_kernels()); }

}  // namespace fused_loop_avx512_test
}  // namespace reckon::kernels
