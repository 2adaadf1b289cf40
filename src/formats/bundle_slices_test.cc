// SPDX-License-Identifier: Apache-2.0
#include "formats/bundle_slices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace reckon::formats {
namespace bundle_slices_test {

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

/// All boxes of at most `dims`, those without an element among them.
std::vector<TensorSlice> boxes_of(const std::vector<int64_t>& dims) {
  std::vector<TensorSlice> boxes = {{}};
  for (const int64_t extent : dims) {
    std::vector<TensorSlice> longer;
    for (const TensorSlice& box : boxes) {
      for (int64_t start = 0; start <= extent; ++start) {
        for (int64_t length = 0; start + length <= extent; ++length) {
          longer.push_back(box);
          longer.back().start.push_back(start);
          longer.back().length.push_back(length);
        }
      }
    }
    boxes = std::move(longer);
  }
  return boxes;
}

/// The offsets of a box's elements in the whole, row by row: what runs must add up to.
std::vector<int64_t> offsets_of(const std::vector<int64_t>& dims, const TensorSlice& box) {
  std::vector<int64_t> offsets = {0};
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    std::vector<int64_t> longer;
    for (const int64_t offset : offsets) {
      for (int64_t i = 0; i < box.length[axis]; ++i)
        longer.push_back(offset * dims[axis] + box.start[axis] + i);
    }
    offsets = std::move(longer);
  }
  return offsets;
}

TEST(BundleSlices, RunsOfEveryBoxOfSmallTensorsCoverItInOrder) {
  for (const std::vector<int64_t>& dims :
       std::vector<std::vector<int64_t>>{{4}, {1, 3}, {3, 2}, {2, 3, 2}, {2, 1, 2, 2}}) {
    for (const TensorSlice& box : boxes_of(dims)) {
      std::vector<int64_t> got;
      for (const auto& [whole, part, count] : runs(dims, box)) {
        ASSERT_EQ(part, static_cast<int64_t>(got.size()));
        for (int64_t i = 0; i < count; ++i) got.push_back(whole + i);
      }
      ASSERT_EQ(got, offsets_of(dims, box));
    }
  }
}

TEST(BundleSlices, BoxesOverlapIfTheyShareAnOffset) {
  const std::vector<int64_t> dims = {2, 3};
  for (const TensorSlice& a : boxes_of(dims)) {
    const std::vector<int64_t> in_a = offsets_of(dims, a);
    if (in_a.empty()) continue;
    for (const TensorSlice& b : boxes_of(dims)) {
      const std::vector<int64_t> in_b = offsets_of(dims, b);
      if (in_b.empty()) continue;
      std::vector<int64_t> shared;
      std::set_intersection(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(),
                            std::back_inserter(shared));
      ASSERT_EQ(slices_overlap(a, b), !shared.empty());
    }
  }
}

TEST(BundleSlices, KeysOfDifferentSlicesAndNamesDiffer) {
  std::set<std::string> keys;
  const std::vector<TensorSlice> boxes = boxes_of({3, 2});
  for (const char* name : {"t", "t/0", "tt"}) {
    for (const TensorSlice& box : boxes) keys.insert(slice_key(name, box));
    keys.insert(slice_key(name, {{0}, {-1}}));
  }
  EXPECT_EQ(keys.size(), 3 * (boxes.size() + 1));
}

}  // namespace bundle_slices_test
}  // namespace reckon::formats
