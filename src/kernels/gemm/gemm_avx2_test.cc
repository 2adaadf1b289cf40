// SPDX-License-Identifier: Apache-2.0
// Matrix product tiles of AVX2: eight lanes, masked loads and stores at the last columns.
#include "kernels/gemm/gemm_variant_testing.h"
#include "kernels/isa_fixture_testing.h"

namespace reckon::kernels {
namespace gemm_avx2_test {

using namespace testing_support;
using GemmAvx2 = OnIsa<Isa::kAvx2>;

TEST_F(GemmAvx2, HasTilesOfItsRegisters) {
  EXPECT_EQ(gemm_code_avx2().vector_floats, 8);
  EXPECT_EQ(gemm_code_avx2().tile_rows, 6);
}

TEST_F(GemmAvx2, ComputesEveryTileWithTheBitsOfOneChain) { expect_every_tile(gemm_code_avx2()); }

TEST_F(GemmAvx2, GoesOnFromCAfterEachBlockOfDepth) { expect_blocks_of_depth(gemm_code_avx2()); }

TEST_F(GemmAvx2, PacksPanelsOfTheLongestBlock) { expect_longest_panel(gemm_code_avx2()); }

TEST_F(GemmAvx2, AddsTheBiasAndClipsAtTheEnd) { expect_epilogues(gemm_code_avx2()); }

TEST_F(GemmAvx2, ClipsNaNAndInfinitiesAsTheSeparateOpDoes) {
  expect_relu_of_special_values(gemm_code_avx2());
}

TEST_F(GemmAvx2, TransposesEveryShapeWithinItsRows) { expect_every_transpose(gemm_code_avx2()); }

}  // namespace gemm_avx2_test
}  // namespace reckon::kernels
