// SPDX-License-Identifier: Apache-2.0
// Each epoch without its first elements.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/node.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace skip_test {

TEST(Skip, StartsAfterSoMany) {
  EXPECT_EQ(read_flat(Dataset::range(5).skip(3)), (Numbers{3, 4}));
  EXPECT_EQ(read_flat(Dataset::range(5).skip(7)), Numbers{});
  EXPECT_EQ(read_flat(Dataset::range(2).repeat().skip(3), 3), (Numbers{1, 0, 1}));
  EXPECT_EQ(Dataset::range(2).repeat().skip(3).node()->size(), kEndless);
}

TEST(Skip, AppliesToEachEpochBelowRepeat) {
  EXPECT_EQ(read_numbers(Dataset::range(4).skip(1).repeat(2).batch(4)),
            (Batches{{1, 2, 3, 1}, {2, 3}}));
}

TEST(Skip, RefusesANegativeCount) {
  base::expect_error([] { Dataset::range(3).skip(-1); },
                     "[skip] count is -1, expected a number of elements of at");
}

}  // namespace skip_test
}  // namespace reckon::reckon_internal::data
