// SPDX-License-Identifier: Apache-2.0
// The row kernels in two AVX2 registers: masked at the end of a row, the portable bits.
#include "kernels/isa_fixture_testing.h"
#include "kernels/rows/rows_variant_testing.h"

namespace reckon::kernels {
namespace rows_avx2_test {

using namespace testing_support;
using RowsAvx2 = OnIsa<Isa::kAvx2>;

TEST_F(RowsAvx2, FollowTheirFormulasForEveryLengthOfRow) { expect_formulas(row_kernels_avx2()); }

TEST_F(RowsAvx2, HaveThePortableBits) { expect_portable_bits(row_kernels_avx2()); }

TEST_F(RowsAvx2, DependOnTheirRowAlone) { expect_rows_alone(row_kernels_avx2()); }

TEST_F(RowsAvx2, WriteOverTheirInput) { expect_in_place(row_kernels_avx2()); }

TEST_F(RowsAvx2, GiveLossesWithoutGradients) { expect_losses_alone(row_kernels_avx2()); }

TEST_F(RowsAvx2, PassOnInfinitiesAndNaNFromEveryLane) { expect_special_values(row_kernels_avx2()); }

}  // namespace rows_avx2_test
}  // namespace reckon::kernels
