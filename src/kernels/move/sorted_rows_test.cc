// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/sorted_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace reckon::kernels {
namespace sorted_rows_test {

template <class Index>
struct Groups {
  explicit Groups(const std::vector<Index>& ids) : order(ids.size()), starts(ids.size() + 1) {
    const int64_t size = static_cast<int64_t>(ids.size());
    std::vector<uint64_t> scratch(unique_rows_scratch_bytes(size) / 8 + 1);
    count = unique_rows(ids.data(), size, order.data(), starts.data(), scratch.data());
  }
  std::vector<int32_t> order, starts;
  int64_t count;
};

template <class Index>
void expect_grouped(const std::vector<Index>& ids) {
  std::map<Index, std::vector<int32_t>> want;
  for (size_t i = 0; i < ids.size(); ++i) want[ids[i]].push_back(static_cast<int32_t>(i));
  const Groups<Index> groups(ids);
  ASSERT_EQ(groups.count, static_cast<int64_t>(want.size()));
  size_t group = 0;
  for (const auto& [id, positions] : want) {
    const std::vector<int32_t> got(groups.order.begin() + groups.starts[group],
                                   groups.order.begin() + groups.starts[group + 1]);
    ASSERT_EQ(got, positions) << id;
    ++group;
  }
}

TEST(UniqueRows, GroupsEqualIdsInOrderOfPosition) {
  std::mt19937_64 generator(1);
  for (size_t count : {0, 1, 2, 31, 32, 33, 1000, 20000}) {
    for (int64_t range : {1, 3, 1000, 1000000}) {
      std::vector<int32_t> ids(count);
      for (int32_t& id : ids) id = static_cast<int32_t>(generator() % range);
      expect_grouped(ids);
    }
  }
}

TEST(UniqueRows, OrdersIdsOfAnySign) {
  std::mt19937_64 generator(2);
  std::vector<int64_t> ids(500);
  for (int64_t& id : ids) id = static_cast<int64_t>(generator()) >> (generator() % 60);
  ids[7] = ids[9] = INT64_MIN;
  ids[8] = INT64_MAX;
  expect_grouped(ids);
  expect_grouped(std::vector<int32_t>{5, -1, 5, INT32_MIN, -1});
}

TEST(SegmentSum, AddsRowsInOrderOfPosition) {
  // In any other order of these three the small ones survive.
  const std::vector<float> rows = {1, 1, 0, 1e8f, 1, 0, -1e8f, 1, 0, 3, 1, 0};
  const Groups<int32_t> groups({4, 4, 4, 2});
  std::vector<float> sums(6);
  segment_sum(rows.data(), 3, groups.order.data(), groups.starts.data(), 0, groups.count,
              sums.data());
  EXPECT_EQ(sums, (std::vector<float>{3, 1, 0, 0, 3, 0}));
}

TEST(SegmentSum, PartsMakeTheWhole) {
  std::vector<double> rows(300 * 5);
  std::vector<int64_t> ids(300);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = 1.0 / static_cast<double>(i + 1);
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int64_t>(i * 37 % 50);
  const Groups<int64_t> groups(ids);
  std::vector<double> whole(50 * 5), parts(50 * 5);
  const int32_t *order = groups.order.data(), *starts = groups.starts.data();
  segment_sum(rows.data(), 5, order, starts, 0, 50, whole.data());
  segment_sum(rows.data(), 5, order, starts, 0, 13, parts.data());
  segment_sum(rows.data(), 5, order, starts, 13, 50, parts.data());
  EXPECT_EQ(whole, parts);
}

TEST(ScatterAdd, AddsRowsInOrderOfPosition) {
  const std::vector<float> rows = {1e8f, 1, 1, 2, -1e8f, 3, 5, 7};
  const std::vector<int64_t> ids = {1, 1, 1, 0};
  std::vector<float> dense = {10, 20, 0, 0};
  scatter_add(rows.data(), ids.data(), 4, 2, 0, 2, dense.data());
  EXPECT_EQ(dense, (std::vector<float>{15, 27, 0, 6}));
  scatter_add(rows.data(), ids.data(), 4, 2, 1, 2, dense.data());
  EXPECT_EQ(dense, (std::vector<float>{15, 34, 0, 12}));
}

TEST(ScatterAdd, IntegersWrap) {
  const int32_t row = 1, id = 0;
  int32_t dense = INT32_MAX;
  scatter_add(&row, &id, 1, 1, 0, 1, &dense);
  EXPECT_EQ(dense, INT32_MIN);
}

template <class T>
class SegmentsOf : public ::testing::Test {};
using Summed = ::testing::Types<float, double, int32_t, int64_t>;
TYPED_TEST_SUITE(SegmentsOf, Summed);

// Rows are fetched ahead of their sums: few rows, and rows wider than what is fetched.
TYPED_TEST(SegmentsOf, SumAndScatterRowsOfEveryWidth) {
  using T = TypeParam;
  for (int64_t width : {1, 2, 7, 16, 100}) {
    for (int64_t count : {1, 2, 8, 9, 40}) {
      const auto size = static_cast<size_t>(count * width);
      std::vector<T> rows(size);
      for (size_t i = 0; i < size; ++i) rows[i] = static_cast<T>(static_cast<int>(i * 7 % 23) - 9);
      std::vector<int32_t> ids;
      for (int64_t i = 0; i < count; ++i) ids.push_back(static_cast<int32_t>(i * 5 % 6));
      std::vector<T> dense(static_cast<size_t>(6 * width), T(100)), want = dense;
      for (size_t i = 0; i < size; ++i) {
        const auto column = i % static_cast<size_t>(width), row = i / static_cast<size_t>(width);
        want[static_cast<size_t>(ids[row]) * static_cast<size_t>(width) + column] += rows[i];
      }
      scatter_add(rows.data(), ids.data(), count, width, 0, width, dense.data());
      ASSERT_EQ(dense, want) << count << " rows of " << width;
      const Groups<int32_t> groups(ids);
      std::vector<T> sums(static_cast<size_t>(groups.count * width));
      segment_sum(rows.data(), width, groups.order.data(), groups.starts.data(), 0, groups.count,
                  sums.data());
      for (int64_t group = 0; group < groups.count; ++group) {
        const auto first = static_cast<size_t>(groups.starts[static_cast<size_t>(group)]);
        const auto id = static_cast<size_t>(ids[static_cast<size_t>(groups.order[first])]);
        for (size_t c = 0; c < static_cast<size_t>(width); ++c) {
          ASSERT_EQ(sums[static_cast<size_t>(group * width) + c] + T(100),
                    want[id * static_cast<size_t>(width) + c]);
        }
      }
    }
  }
}

TEST(SegmentSum, IntegersWrap) {
  const std::vector<int32_t> rows = {INT32_MAX, 1};
  const Groups<int32_t> groups({3, 3});
  int32_t sum = 0;
  segment_sum(rows.data(), 1, groups.order.data(), groups.starts.data(), 0, 1, &sum);
  EXPECT_EQ(sum, INT32_MIN);
}

TEST(UniqueRows, OfOneIdAreOneGroup) {
  const Groups<int64_t> groups(std::vector<int64_t>(100, -5));
  EXPECT_EQ(groups.count, 1);
  EXPECT_EQ(groups.starts[1], 100);
  for (int32_t i = 0; i < 100; ++i) EXPECT_EQ(groups.order[static_cast<size_t>(i)], i);
}

// Digits that all ids share are left out of the sort: here only the highest one differs.
TEST(UniqueRows, SortByTheHighestDigitAlone) {
  std::vector<int64_t> ids(64);
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int64_t>(i % 2 == 0) << 60;
  expect_grouped(ids);
}

}  // namespace sorted_rows_test
}  // namespace reckon::kernels
