// SPDX-License-Identifier: Apache-2.0
// The row kernels in plain C++: what the other instruction sets are compared with.
#include "kernels/isa_fixture_testing.h"
#include "kernels/rows/rows_variant_testing.h"

namespace reckon::kernels {
namespace rows_portable_test {

using namespace testing_support;
using RowsPortable = OnIsa<Isa::kPortable>;

TEST_F(RowsPortable, FollowTheirFormulasForEveryLengthOfRow) {
  expect_formulas(row_kernels_portable());
}

TEST_F(RowsPortable, DependOnTheirRowAlone) { expect_rows_alone(row_kernels_portable()); }

TEST_F(RowsPortable, WriteOverTheirInput) { expect_in_place(row_kernels_portable()); }

TEST_F(RowsPortable, GiveLossesWithoutGradients) { expect_losses_alone(row_kernels_portable()); }

TEST_F(RowsPortable, PassOnInfinitiesAndNaNFromEveryLane) {
  expect_special_values(row_kernels_portable());
}

}  // namespace rows_portable_test
}  // namespace reckon::kernels
