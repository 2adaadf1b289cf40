// SPDX-License-Identifier: Apache-2.0
// The row kernels in one AVX-512 register: masked at the end of a row, the portable bits.
#include "kernels/isa_fixture_testing.h"
#include "kernels/rows/rows_variant_testing.h"

namespace reckon::kernels {
namespace rows_avx512_test {

using namespace testing_support;
using RowsAvx512 = OnIsa<Isa::kAvx512>;

TEST_F(RowsAvx512, FollowTheirFormulasForEveryLengthOfRow) {
  expect_formulas(row_kernels_avx512());
}

TEST_F(RowsAvx512, HaveThePortableBits) { expect_portable_bits(row_kernels_avx512()); }

TEST_F(RowsAvx512, DependOnTheirRowAlone) { expect_rows_alone(row_kernels_avx512()); }

TEST_F(RowsAvx512, WriteOverTheirInput) { expect_in_place(row_kernels_avx512()); }

TEST_F(RowsAvx512, GiveLossesWithoutGradients) { expect_losses_alone(row_kernels_avx512()); }

TEST_F(RowsAvx512, PassOnInfinitiesAndNaNFromEveryLane) {
  expect_special_values(row_kernels_avx512());
}

}  // namespace rows_avx512_test
}  // namespace reckon::kernels
