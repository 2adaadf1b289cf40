// SPDX-License-Identifier: Apache-2.0
// The steps of chains for any processor: four lanes.
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/chain_variant_testing.h"

namespace reckon::kernels {
namespace chain_portable_test {

using namespace testing_support;
using ChainPortable = OnIsa<Isa::kPortable>;

constexpr int64_t kLanesPortable = 4;

TEST_F(ChainPortable, StepsGiveWhatTheWalkGives) { expect_every_step(portable_chain_kernels()); }

TEST_F(ChainPortable, RunsOverWholeVectorsAndTellsHowFar) {
  expect_whole_vectors(portable_chain_kernels(), kLanesPortable);
}

TEST_F(ChainPortable, RunsOverOneVectorForATail) {
  expect_one_vector(portable_chain_kernels(), kLanesPortable);
}

TEST_F(ChainPortable, ReadsAConstantFromOneBlock) { expect_one_block(portable_chain_kernels()); }

TEST_F(ChainPortable, SpreadsAnElementOverABlock) {
  expect_spread(portable_chain_kernels(), kLanesPortable);
}

TEST_F(ChainPortable, WidensBoolsToMasksAndBack) { expect_bool_copies(portable_chain_kernels()); }

TEST_F(ChainPortable, HasLightOpcodesOnly) { expect_light_opcodes_only(portable_chain_kernels()); }

}  // namespace chain_portable_test
}  // namespace reckon::kernels
