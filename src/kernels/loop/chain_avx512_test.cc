// SPDX-License-Identifier: Apache-2.0
// The steps of chains for AVX-512: sixteen lanes.
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/chain_variant_testing.h"

namespace reckon::kernels {
namespace chain_avx512_test {

using namespace testing_support;
using ChainAvx512 = OnIsa<Isa::kAvx512>;

constexpr int64_t kLanesAvx512 = 16;

TEST_F(ChainAvx512, StepsGiveWhatTheWalkGives) { expect_every_step(avx512_chain_kernels()); }

TEST_F(ChainAvx512, RunsOverWholeVectorsAndTellsHowFar) {
  expect_whole_vectors(avx512_chain_kernels(), kLanesAvx512);
}

TEST_F(ChainAvx512, RunsOverOneVectorForATail) {
  expect_one_vector(avx512_chain_kernels(), kLanesAvx512);
}

TEST_F(ChainAvx512, ReadsAConstantFromOneBlock) { expect_one_block(avx512_chain_kernels()); }

TEST_F(ChainAvx512, SpreadsAnElementOverABlock) {
  expect_spread(avx512_chain_kernels(), kLanesAvx512);
}

TEST_F(ChainAvx512, WidensBoolsToMasksAndBack) { expect_bool_copies(avx512_chain_kernels()); }

TEST_F(ChainAvx512, HasLightOpcodesOnly) { expect_light_opcodes_only(avx512_chain_kernels()); }

}  // namespace chain_avx512_test
}  // namespace reckon::kernels
