// SPDX-License-Identifier: Apache-2.0
// Matrix product tiles in plain C++: masks are counts, and every lane is an fma of its own.
#include "kernels/gemm/gemm_variant_testing.h"
#include "kernels/isa_fixture_testing.h"

namespace reckon::kernels {
namespace gemm_portable_test {

using namespace testing_support;
using GemmPortable = OnIsa<Isa::kPortable>;

TEST_F(GemmPortable, HasTilesOfItsRegisters) {
  EXPECT_EQ(gemm_code_portable().vector_floats, 4);
  EXPECT_EQ(gemm_code_portable().tile_rows, 4);
}

TEST_F(GemmPortable, ComputesEveryTileWithTheBitsOfOneChain) {
  expect_every_tile(gemm_code_portable());
}

TEST_F(GemmPortable, GoesOnFromCAfterEachBlockOfDepth) {
  expect_blocks_of_depth(gemm_code_portable());
}

TEST_F(GemmPortable, PacksPanelsOfTheLongestBlock) { expect_longest_panel(gemm_code_portable()); }

TEST_F(GemmPortable, AddsTheBiasAndClipsAtTheEnd) { expect_epilogues(gemm_code_portable()); }

TEST_F(GemmPortable, ClipsNaNAndInfinitiesAsTheSeparateOpDoes) {
  expect_relu_of_special_values(gemm_code_portable());
}

TEST_F(GemmPortable, TransposesEveryShapeWithinItsRows) {
  expect_every_transpose(gemm_code_portable());
}

}  // namespace gemm_portable_test
}  // namespace reckon::kernels
