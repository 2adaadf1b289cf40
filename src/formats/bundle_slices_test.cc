// SPDX-License-Identifier: Apache-2.0
#include "formats/bundle_slices.h"

#include <gtest/gtest.h>

namespace reckon::formats {
namespace {

using Segment = std::tuple<int64_t, int64_t, int64_t>;

std::vector<Segment> runs(const std::vector<int64_t>& dims, const TensorSlice& slice) {
  std::vector<Segment> found;
  for_each_run(dims, slice, [&](int64_t whole, int64_t part, int64_t count) {
    found.emplace_back(whole, part, count);
  });
  return found;
}

TEST(BundleSlices, WholeTensorIsOneRun) {
  EXPECT_EQ(runs({2, 3, 4}, {{0, 0, 0}, {2, 3, 4}}), (std::vector<Segment>{{0, 0, 24}}));
  EXPECT_EQ(runs({}, {{}, {}}), (std::vector<Segment>{{0, 0, 1}}));
}

TEST(BundleSlices, RowsAreOneRun) {
  EXPECT_EQ(runs({7, 4}, {{3, 0}, {2, 4}}), (std::vector<Segment>{{12, 0, 8}}));
}

TEST(BundleSlices, ColumnsAreARunForEachRow) {
  EXPECT_EQ(runs({2, 4}, {{0, 1}, {2, 3}}), (std::vector<Segment>{{1, 0, 3}, {5, 3, 3}}));
}

TEST(BundleSlices, MiddleAxisKeepsTheAxesBehindItTogether) {
  EXPECT_EQ(runs({2, 3, 4}, {{0, 1, 0}, {2, 2, 4}}), (std::vector<Segment>{{4, 0, 8}, {16, 8, 8}}));
}

TEST(BundleSlices, EmptySliceHasNoRun) { EXPECT_TRUE(runs({2, 4}, {{0, 1}, {2, 0}}).empty()); }

TEST(BundleSlices, OverlapNeedsACommonElement) {
  EXPECT_FALSE(slices_overlap({{0, 0}, {3, 4}}, {{3, 0}, {2, 4}}));
  EXPECT_TRUE(slices_overlap({{0, 0}, {4, 4}}, {{3, 0}, {2, 4}}));
}

TEST(BundleSlices, KeyIsOrderedCode) {
  // 0, "a\0b" escaped, rank 2, (0, whole), (64, 8192)
  const std::string want(
      "\0a\0\xff"
      "b\0\1\1\2\x80\x7f\xc0\x40\xe0\x20\0",
      16);
  EXPECT_EQ(slice_key(std::string("a\0b", 3), {{0, 64}, {-1, 8192}}), want);
}

TEST(BundleSlices, KeysAscendWithTheirStarts) {
  std::string last;
  for (const int64_t start :
       {0L, 1L, 63L, 64L, 8191L, 8192L, 1L << 40, (1L << 62) + 1, INT64_MAX}) {
    const std::string key = slice_key("t", {{start}, {1}});
    EXPECT_LT(last, key) << start;
    last = key;
  }
}

}  // namespace
}  // namespace reckon::formats
