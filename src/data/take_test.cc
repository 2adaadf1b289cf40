// SPDX-License-Identifier: Apache-2.0
// The first elements of each epoch.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace take_test {

TEST(Take, EndsAfterSoMany) {
  EXPECT_EQ(read_flat(Dataset::range(5).take(2)), (Numbers{0, 1}));
  EXPECT_EQ(read_flat(Dataset::range(2).take(5)), (Numbers{0, 1}));
  EXPECT_EQ(read_flat(Dataset::range(2).repeat().take(3)), (Numbers{0, 1, 0}));
  EXPECT_EQ(read_flat(Dataset::range(5).take(0)), Numbers{});
}

TEST(Take, AppliesToEachEpochBelowRepeat) {
  EXPECT_EQ(read_numbers(Dataset::range(5).take(2).repeat(2).batch(3)), (Batches{{0, 1, 0}, {1}}));
}

TEST(Take, RefusesANegativeCount) {
  base::expect_error([] { Dataset::range(3).take(-1); },
                     "[take] count is -1, expected a number of elements of at");
}

}  // namespace take_test
}  // namespace reckon::reckon_internal::data
