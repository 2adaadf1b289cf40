// SPDX-License-Identifier: Apache-2.0
// Numbers in equal steps, up, down and near the ends of int64.
#include <gtest/gtest.h>

#include <limits>

#include "base/expect_error_testing.h"
#include "data/node.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace range_test {

TEST(Range, CountsToTheEndWithoutIt) {
  EXPECT_EQ(read_flat(Dataset::range(4)), (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(Dataset::range(4).spec(), (DatasetSpec{{{"x", kInt64, {}}}, {}}));
}

TEST(Range, TakesStepsEitherWay) {
  EXPECT_EQ(read_flat(Dataset::range(1, 8, 3)), (Numbers{1, 4, 7}));
  EXPECT_EQ(read_flat(Dataset::range(1, 7, 3)), (Numbers{1, 4}));
  EXPECT_EQ(read_flat(Dataset::range(3, -4, -3)), (Numbers{3, 0, -3}));
  EXPECT_EQ(read_flat(Dataset::range(3, 9, -1)), Numbers{});
}

TEST(Range, ReachesBothEndsOfInt64) {
  constexpr int64_t low = std::numeric_limits<int64_t>::min(),
                    high = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(read_flat(Dataset::range(low, high, high)), (Numbers{low, -1, high - 1}));
  EXPECT_EQ(Dataset::range(low, high).node()->size(), kEndless - 1);
}

TEST(Range, IsReadAtOnceHoweverFar) {
  EXPECT_EQ(read_flat(Dataset::range(1'000'000'000'000).skip(999'999'999'998)),
            (Numbers{999'999'999'998, 999'999'999'999}));
}

TEST(Range, RefusesAStepOfZero) {
  base::expect_error([] { Dataset::range(1, 5, 0); },
                     "[range] step is 0 from 1 to 5, which never arrives; give a step other than "
                     "0. At range_test.cc:");
}

}  // namespace range_test
}  // namespace reckon::reckon_internal::data
