// SPDX-License-Identifier: Apache-2.0
// Matrix product tiles of AVX-512: sixteen lanes, tiles of fourteen rows.
#include "kernels/gemm/gemm_variant_testing.h"
#include "kernels/isa_fixture_testing.h"

namespace reckon::kernels {
namespace gemm_avx512_test {

using namespace testing_support;
using GemmAvx512 = OnIsa<Isa::kAvx512>;

TEST_F(GemmAvx512, HasTilesOfItsRegisters) {
  EXPECT_EQ(gemm_code_avx512().vector_floats, 16);
  EXPECT_EQ(gemm_code_avx512().tile_rows, 14);
}

TEST_F(GemmAvx512, ComputesEveryTileWithTheBitsOfOneChain) {
  expect_every_tile(gemm_code_avx512());
}

TEST_F(GemmAvx512, GoesOnFromCAfterEachBlockOfDepth) { expect_blocks_of_depth(gemm_code_avx512()); }

TEST_F(GemmAvx512, PacksPanelsOfTheLongestBlock) { expect_longest_panel(gemm_code_avx512()); }

TEST_F(GemmAvx512, AddsTheBiasAndClipsAtTheEnd) { expect_epilogues(gemm_code_avx512()); }

TEST_F(GemmAvx512, ClipsNaNAndInfinitiesAsTheSeparateOpDoes) {
  expect_relu_of_special_values(gemm_code_avx512());
}

TEST_F(GemmAvx512, TransposesEveryShapeWithinItsRows) {
  expect_every_transpose(gemm_code_avx512());
}

}  // namespace gemm_avx512_test
}  // namespace reckon::kernels
