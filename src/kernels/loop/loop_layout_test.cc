// SPDX-License-Identifier: Apache-2.0
// Which dims are walked as one, how inputs lie along them, and how reductions are cut.
#include "kernels/loop/loop_layout.h"

#include <gtest/gtest.h>

#include <tuple>

namespace reckon::kernels {
namespace loop_layout_test {

using Strides = std::vector<std::vector<int64_t>>;

/// A spec without a program: layouts look at extents and strides alone.
LoopSpec spec_of(std::vector<int64_t> dims, Strides strides, std::vector<bool> reduced = {}) {
  LoopSpec spec;
  spec.dims = std::move(dims);
  spec.input_strides = std::move(strides);
  spec.outputs = {{reduced.empty() ? ReduceKind::kNone : ReduceKind::kSum, std::move(reduced)}};
  return spec;
}

LoopLayout layout_of(std::vector<int64_t> dims, Strides strides, std::vector<bool> reduced = {}) {
  return LoopLayout(spec_of(std::move(dims), std::move(strides), std::move(reduced)), false);
}

std::vector<int64_t> extents(const LoopLayout& layout, int64_t outer = 1) {
  std::vector<int64_t> extents;
  for (size_t d = 0; d < layout.rank(); ++d) extents.push_back(layout.extent(d, outer));
  return extents;
}

using Extents = std::vector<int64_t>;

TEST(LoopLayout, WalksDenseOperandsAsOneDim) {
  const LoopLayout layout = layout_of({2, 3, 4}, {{12, 4, 1}, {12, 4, 1}});
  EXPECT_EQ(extents(layout), Extents{24});
  EXPECT_EQ(layout.inputs()[0].access, Access::kIdentity);
  EXPECT_EQ(layout.inputs()[1].strides, Extents{1});
  EXPECT_EQ(layout.size(1), 24);
}

TEST(LoopLayout, LeavesOutExtentsOfOne) {
  EXPECT_EQ(extents(layout_of({1, 3, 1, 4, 1}, {{12, 4, 4, 1, 1}})), Extents{12});
  EXPECT_EQ(layout_of({1, 1}, {{1, 1}}).rank(), 0u);
  EXPECT_EQ(layout_of({}, {{}}).size(1), 1);
}

TEST(LoopLayout, SplitsWhereAnOperandDoesNotContinue) {
  EXPECT_EQ(extents(layout_of({4, 3, 2}, {{6, 2, 1}, {0, 2, 1}})), (Extents{4, 6}));
  EXPECT_EQ(extents(layout_of({4, 3, 2}, {{6, 2, 1}, {3, 1, 0}})), (Extents{12, 2}));
  EXPECT_EQ(extents(layout_of({4, 3, 2}, {{6, 2, 1}, {2, 0, 1}})), (Extents{4, 3, 2}));
  EXPECT_EQ(extents(layout_of({4, 3}, {{4, 1}})), (Extents{4, 3}));  // rows with a gap
}

TEST(LoopLayout, SplitsWhereAReductionBeginsOrEnds) {
  EXPECT_EQ(extents(layout_of({4, 3, 2}, {{6, 2, 1}}, {false, true, true})), (Extents{4, 6}));
  EXPECT_EQ(extents(layout_of({4, 3, 2}, {{6, 2, 1}}, {true, true, true})), Extents{24});
  EXPECT_EQ(extents(layout_of({4, 3, 2}, {{6, 2, 1}}, {false, true, false})), (Extents{4, 3, 2}));
}

TEST(LoopLayout, TellsHowInputsLie) {
  const LoopLayout layout = layout_of(
      {4, 3, 2}, {{6, 2, 1}, {0, 0, 0}, {0, 0, 1}, {0, 2, 1}, {2, 0, 1}, {1, 4, 12}, {3, 1, 0}});
  const std::vector<Access> wanted = {Access::kIdentity, Access::kScalar,  Access::kPeriodic,
                                      Access::kPeriodic, Access::kStrided, Access::kStrided,
                                      Access::kStrided};
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(layout.inputs()[i].access, wanted[i]) << i;
  EXPECT_EQ(layout.period(layout.inputs()[2]), 2);
  EXPECT_EQ(layout.period(layout.inputs()[3]), 6);
}

// A transposed matrix of one row is dense: the stride of an extent of one says nothing.
TEST(LoopLayout, IgnoresTheStrideOfAnExtentOfOne) {
  EXPECT_EQ(layout_of({1, 5}, {{77, 1}}).inputs()[0].access, Access::kIdentity);
  EXPECT_EQ(layout_of({5, 1}, {{1, 77}}).inputs()[0].access, Access::kIdentity);
}

TEST(LoopLayout, KeepsAFreeOuterExtentOfAnySize) {
  const LoopLayout dense(spec_of({1, 7}, {{7, 1}}), true);
  EXPECT_EQ(extents(dense, 10), Extents{70});
  EXPECT_EQ(dense.size(10), 70);
  EXPECT_EQ(dense.size(0), 0);
  const LoopLayout biased(spec_of({32, 7}, {{7, 1}, {0, 1}}), true);
  EXPECT_EQ(extents(biased, 5), (Extents{5, 7}));
  EXPECT_EQ(biased.inputs()[1].access, Access::kPeriodic);
  EXPECT_EQ(biased.period(biased.inputs()[1]), 7);
  // One row planned, many run: the bias is periodic then, and must be so from the start.
  const LoopLayout one_row(spec_of({1, 7}, {{7, 1}, {0, 1}}), true);
  EXPECT_EQ(one_row.inputs()[1].access, Access::kPeriodic);
}

using Level = std::tuple<int64_t, int64_t, int64_t>;

std::vector<Level> levels_of(const LoopLayout& layout, int64_t outer = 1) {
  const ReduceLevels levels = layout.levels(0, outer);
  std::vector<Level> found;
  for (int i = 0; i < levels.count; ++i) {
    const ReduceShape& shape = levels.shapes[static_cast<size_t>(i)];
    found.emplace_back(shape.kept, shape.reduced, shape.inner);
  }
  return found;
}

TEST(LoopLayout, GivesTheLevelsOfAReductionInnermostFirst) {
  const Strides dense = {{12, 4, 1}};
  const auto levels = [&](std::vector<bool> reduced) {
    return levels_of(layout_of({2, 3, 4}, dense, std::move(reduced)));
  };
  EXPECT_EQ(levels({false, false, true}), (std::vector<Level>{{6, 4, 1}}));
  EXPECT_EQ(levels({true, false, false}), (std::vector<Level>{{1, 2, 12}}));
  EXPECT_EQ(levels({false, true, false}), (std::vector<Level>{{2, 3, 4}}));
  EXPECT_EQ(levels({true, true, true}), (std::vector<Level>{{1, 24, 1}}));
  EXPECT_EQ(levels({true, false, true}), (std::vector<Level>{{6, 4, 1}, {1, 2, 3}}));
  EXPECT_EQ(levels({false, false, false}), std::vector<Level>{});
  EXPECT_EQ(levels({}), std::vector<Level>{});
}

TEST(LoopLayout, LevelsFollowTheOuterExtent) {
  const LoopLayout columns(spec_of({32, 7}, {{7, 1}}, {true, false}), true);
  EXPECT_EQ(levels_of(columns, 10), (std::vector<Level>{{1, 10, 7}}));
  const LoopLayout rows(spec_of({32, 7}, {{7, 1}}, {false, true}), true);
  EXPECT_EQ(levels_of(rows, 10), (std::vector<Level>{{10, 7, 1}}));
  const LoopLayout all(spec_of({32, 7}, {{7, 1}}, {true, true}), true);
  EXPECT_EQ(levels_of(all, 10), (std::vector<Level>{{1, 70, 1}}));
  EXPECT_EQ(levels_of(all, 0), (std::vector<Level>{{1, 0, 1}}));
}

ReduceShape shape(int64_t kept, int64_t reduced, int64_t inner) {
  return {.kept = kept, .reduced = reduced, .inner = inner};
}

TEST(ReduceShape, CutsRowsIntoChunksOf256) {
  EXPECT_EQ(shape(3, 1000, 1).lane_rows(), 16);
  EXPECT_EQ(shape(3, 1000, 1).chunk_rows(), 256);
  EXPECT_EQ(shape(3, 1000, 1).chunks(), 4);
  EXPECT_EQ(shape(3, 256, 1).chunks(), 1);
  EXPECT_EQ(shape(3, 257, 1).chunks(), 2);
  EXPECT_EQ(shape(3, 0, 1).chunks(), 0);
}

TEST(ReduceShape, PutsNarrowColumnsSideBySide) {
  EXPECT_EQ(shape(1, 100, 2).lane_rows(), 32);
  EXPECT_EQ(shape(1, 100, 3).lane_rows(), 21);
  EXPECT_EQ(shape(1, 100, 32).lane_rows(), 2);
  EXPECT_EQ(shape(1, 100, 33).lane_rows(), 1);
  EXPECT_EQ(shape(1, 100, 32).chunk_rows(), 32);
}

TEST(ReduceShape, KeepsFewChunksOfWideColumns) {
  EXPECT_EQ(shape(1, 100, 1000).chunk_rows(), 32);
  EXPECT_EQ(shape(1, 1'000'000, 1000).chunk_rows(), 3907);
  EXPECT_LE(shape(1, 1'000'000, 1000).chunks(), 256);
}

// A cut within a row is a cut within a chunk, unless chunks fill the row or there is one row only.
TEST(ReduceShape, IsCutBetweenChunksOnly) {
  EXPECT_EQ(shape(1, 1000, 1).unit(), 256);
  EXPECT_EQ(shape(3, 1000, 1).unit(), 1000);
  EXPECT_EQ(shape(3, 512, 1).unit(), 256);
  EXPECT_EQ(shape(3, 100, 4).unit(), 400);
  EXPECT_GE(shape(3, 0, 1).unit(), 1);
  EXPECT_GE(shape(3, 5, 0).unit(), 1);
}

}  // namespace loop_layout_test
}  // namespace reckon::kernels
