// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/permutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace reckon::kernels {
namespace permutation_test {

TEST(Permutation, VisitsEveryRowOnce) {
  for (int64_t rows : {1, 2, 3, 4, 5, 16, 17, 255, 256, 257, 1000, 60000}) {
    const Permutation order(7, 3, rows);
    std::vector<bool> seen(static_cast<size_t>(rows));
    for (int64_t position = 0; position < rows; ++position) {
      const int64_t row = order[position];
      ASSERT_GE(row, 0);
      ASSERT_LT(row, rows);
      ASSERT_FALSE(seen[static_cast<size_t>(row)]) << rows;
      seen[static_cast<size_t>(row)] = true;
    }
  }
}

TEST(Permutation, ReachesHugeSourcesAtOnce) {
  const int64_t rows = int64_t{1} << 61;
  const Permutation order(1, 2, rows);
  for (int64_t position : {int64_t{0}, int64_t{12345}, rows - 1}) {
    EXPECT_LT(order[position], rows);
  }
}

TEST(Permutation, DiffersBySeedAndEpoch) {
  const Permutation a(1, 0, 1000), b(1, 1, 1000), c(2, 0, 1000);
  int equal_epochs = 0, equal_seeds = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    equal_epochs += a[i] == b[i];
    equal_seeds += a[i] == c[i];
  }
  EXPECT_LT(equal_epochs, 10);
  EXPECT_LT(equal_seeds, 10);
}

TEST(Permutation, SmallOrdersAreUniform) {
  // Of 4 rows: each of the 24 orders comes 1000 times, give or take 6 deviations.
  std::vector<int> counts(256);
  for (uint64_t seed = 0; seed < 24000; ++seed) {
    const Permutation order(seed, 0, 4);
    ++counts[static_cast<size_t>(order[0] | order[1] << 2 | order[2] << 4 | order[3] << 6)];
  }
  int orders = 0;
  for (int count : counts) {
    if (count == 0) continue;
    ++orders;
    EXPECT_NEAR(count, 1000, 6 * std::sqrt(1000.0));
  }
  EXPECT_EQ(orders, 24);
}

TEST(Permutation, StaysWhatItIs) {
  const Permutation order(2015, 1, 10);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < 10; ++i) rows.push_back(order[i]);
  EXPECT_EQ(rows, (std::vector<int64_t>{7, 5, 8, 0, 1, 3, 2, 6, 4, 9}));
}

}  // namespace permutation_test
}  // namespace reckon::kernels
