// SPDX-License-Identifier: Apache-2.0
#include "kernels/segment.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace reckon::kernels {
namespace {

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

}  // namespace
}  // namespace reckon::kernels
