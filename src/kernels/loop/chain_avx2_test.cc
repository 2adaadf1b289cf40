// SPDX-License-Identifier: Apache-2.0
// The steps of chains for AVX2: eight lanes.
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/chain_variant_testing.h"

namespace reckon::kernels {
namespace chain_avx2_test {

using namespace testing_support;
using ChainAvx2 = OnIsa<Isa::kAvx2>;

constexpr int64_t kLanesAvx2 = 8;

TEST_F(ChainAvx2, StepsGiveWhatTheWalkGives) { expect_every_step(avx2_chain_kernels()); }

TEST_F(ChainAvx2, RunsOverWholeVectorsAndTellsHowFar) {
  expect_whole_vectors(avx2_chain_kernels(), kLanesAvx2);
}

TEST_F(ChainAvx2, RunsOverOneVectorForATail) {
  expect_one_vector(avx2_chain_kernels(), kLanesAvx2);
}

TEST_F(ChainAvx2, ReadsAConstantFromOneBlock) { expect_one_block(avx2_chain_kernels()); }

TEST_F(ChainAvx2, SpreadsAnElementOverABlock) { expect_spread(avx2_chain_kernels(), kLanesAvx2); }

TEST_F(ChainAvx2, WidensBoolsToMasksAndBack) { expect_bool_copies(avx2_chain_kernels()); }

TEST_F(ChainAvx2, HasLightOpcodesOnly) { expect_light_opcodes_only(avx2_chain_kernels()); }

}  // namespace chain_avx2_test
}  // namespace reckon::kernels
