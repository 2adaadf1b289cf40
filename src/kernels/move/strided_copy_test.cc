// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/strided_copy.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

namespace reckon::kernels {
namespace strided_copy_test {

using Extents = std::vector<int64_t>;

int64_t product(const Extents& extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t{1}, std::multiplies<>());
}

template <class T>
std::vector<T> counted(int64_t count) {
  std::vector<T> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i + 1);
  return values;
}

// Calls function(index) for each index of the space, in row-major order.
void for_each_index(const Extents& extents, const auto& function) {
  Extents index(extents.size());
  for (int64_t i = 0; i < product(extents); ++i) {
    int64_t rest = i;
    for (size_t axis = extents.size(); axis-- > 0;) {
      index[axis] = rest % extents[axis];
      rest /= extents[axis];
    }
    function(index);
  }
}

int64_t flat(const Extents& extents, const Extents& index) {
  int64_t at = 0;
  for (size_t i = 0; i < extents.size(); ++i) at = at * extents[i] + index[i];
  return at;
}

// out[index] = in[map(index)] for every index of the output.
template <class T>
void expect_moved(const StridedCopy& copy, const Extents& in, const Extents& out, const auto& map) {
  const std::vector<T> source = counted<T>(product(in));
  std::vector<T> want, got(static_cast<size_t>(product(out)));
  for_each_index(out, [&](const Extents& index) {
    want.push_back(source[static_cast<size_t>(flat(in, map(index)))]);
  });
  copy.run(source.data(), got.data());
  ASSERT_EQ(got, want);
}

template <class T>
void expect_transposed(const Extents& in, const std::vector<int>& permutation) {
  Extents out;
  for (int axis : permutation) out.push_back(in[static_cast<size_t>(axis)]);
  expect_moved<T>(StridedCopy::transpose(sizeof(T), in, permutation), in, out,
                  [&](const Extents& index) {
                    Extents from(index.size());
                    for (size_t i = 0; i < index.size(); ++i) {
                      from[static_cast<size_t>(permutation[i])] = index[i];
                    }
                    return from;
                  });
}

TEST(StridedCopy, TransposesAnyRank) {
  std::mt19937 generator(1);
  for (int round = 0; round < 300; ++round) {
    const size_t rank = 1 + generator() % 6;
    Extents in(rank);
    for (int64_t& extent : in) extent = 1 + static_cast<int64_t>(generator() % 5);
    std::vector<int> permutation(rank);
    std::iota(permutation.begin(), permutation.end(), 0);
    std::shuffle(permutation.begin(), permutation.end(), generator);
    expect_transposed<uint32_t>(in, permutation);
    expect_transposed<uint64_t>(in, permutation);
    if (HasFatalFailure()) return;
  }
}

TEST(StridedCopy, TransposesMatricesOfEveryElementSize) {
  expect_transposed<uint8_t>({70, 133}, {1, 0});
  expect_transposed<uint16_t>({70, 133}, {1, 0});
  expect_transposed<uint32_t>({70, 133}, {1, 0});
  expect_transposed<uint64_t>({3, 70, 33}, {0, 2, 1});
  expect_transposed<uint64_t>({9, 17, 33}, {2, 1, 0});
  std::vector<std::pair<uint64_t, uint64_t>> wide(6), turned(6);
  for (size_t i = 0; i < 6; ++i) wide[i] = {i, 10 * i};
  const Extents extents = {2, 3};
  const std::vector<int> permutation = {1, 0};
  StridedCopy::transpose(16, extents, permutation).run(wide.data(), turned.data());
  EXPECT_EQ(turned[1], wide[3]);
  EXPECT_EQ(turned[4], wide[2]);
}

TEST(StridedCopy, SlicesWithStepsOfEitherSign) {
  const Extents in = {6, 7, 5}, out = {2, 3, 5}, begins = {1, 6, 0}, steps = {3, -2, 1};
  const auto map = [&](const Extents& index) {
    Extents from(3);
    for (size_t i = 0; i < 3; ++i) from[i] = begins[i] + index[i] * steps[i];
    return from;
  };
  expect_moved<uint32_t>(StridedCopy::slice(4, in, begins, steps, out), in, out, map);
  expect_moved<uint8_t>(StridedCopy::slice(1, in, begins, steps, out), in, out, map);
}

TEST(StridedCopy, UnsliceUndoesSlice) {
  const Extents whole = {6, 7}, part = {3, 2}, begins = {5, 1}, steps = {-2, 4};
  const std::vector<uint32_t> source = counted<uint32_t>(6);
  std::vector<uint32_t> wide(42), back(6);
  StridedCopy::unslice(4, whole, begins, steps, part).run(source.data(), wide.data());
  StridedCopy::slice(4, whole, begins, steps, part).run(wide.data(), back.data());
  EXPECT_EQ(back, source);
  EXPECT_EQ(std::count(wide.begin(), wide.end(), 0u), 36);
  EXPECT_EQ(wide[5 * 7 + 5], 2u);
}

TEST(StridedCopy, BroadcastsMissingAndSingleAxes) {
  const Extents in = {3, 1, 2}, out = {4, 3, 5, 2};
  expect_moved<uint32_t>(StridedCopy::broadcast(4, in, out), in, out, [](const Extents& index) {
    return Extents{index[1], 0, index[3]};
  });
  const Extents scalar, row = {7};
  expect_moved<uint8_t>(StridedCopy::broadcast(1, scalar, row), scalar, row,
                        [](const Extents&) { return Extents{}; });
}

TEST(StridedCopy, CopiesScalarsAndNothing) {
  const uint32_t one = 5;
  uint32_t got = 0;
  const Extents none, empty = {3, 0};
  StridedCopy::broadcast(4, none, none).run(&one, &got);
  EXPECT_EQ(got, 5u);
  StridedCopy::broadcast(4, empty, empty).run(nullptr, nullptr);
}

TEST(CopyRows, WritesOnePieceOfAConcatenation) {
  const std::vector<uint8_t> left = {1, 2, 3, 4}, right = {5, 6};
  std::vector<uint8_t> out(6);
  copy_rows(left.data(), 2, out.data(), 3, 2, 2);
  copy_rows(right.data(), 1, out.data() + 2, 3, 2, 1);
  EXPECT_EQ(out, (std::vector<uint8_t>{1, 2, 5, 3, 4, 6}));
}

TEST(Fill, RepeatsTheElement) {
  const double value = 2.5;
  std::vector<double> out(3);
  fill(out.data(), 3, &value, 8);
  EXPECT_EQ(out, std::vector<double>(3, 2.5));
}

TEST(OneHot, LeavesOutOfRangeRowsOff) {
  const std::vector<int32_t> indices = {2, -1, 0, 3};
  const float on = 5, off = -1;
  std::vector<float> rows(12), columns(12);
  one_hot(indices.data(), 4, 3, 1, &on, &off, 4, rows.data());
  EXPECT_EQ(rows, (std::vector<float>{-1, -1, 5, -1, -1, -1, 5, -1, -1, -1, -1, -1}));
  one_hot(indices.data(), 1, 3, 4, &on, &off, 4, columns.data());
  EXPECT_EQ(columns, (std::vector<float>{-1, -1, 5, -1, -1, -1, -1, -1, 5, -1, -1, -1}));
}

// Any strides on either side, as slices of slices make them.
TEST(StridedCopy, CopiesBetweenAnyTwoLayouts) {
  std::mt19937 generator(5);
  for (int round = 0; round < 400; ++round) {
    const size_t rank = 1 + generator() % 5;
    Extents extents(rank), from(rank), to(rank);
    int64_t source_step = 1 + static_cast<int64_t>(generator() % 3), target_step = 1;
    int64_t source_offset = 0;
    for (size_t axis = rank; axis-- > 0;) {
      extents[axis] = 1 + static_cast<int64_t>(generator() % 6);
      const bool is_reversed = generator() % 3 == 0, is_repeated = generator() % 4 == 0;
      from[axis] = is_repeated ? 0 : is_reversed ? -source_step : source_step;
      if (from[axis] < 0) source_offset += (extents[axis] - 1) * source_step;
      to[axis] = target_step;
      source_step *= extents[axis] + static_cast<int64_t>(generator() % 2);
      target_step *= extents[axis] + static_cast<int64_t>(generator() % 2);
    }
    const std::vector<uint32_t> source = counted<uint32_t>(source_step + source_offset + 1);
    std::vector<uint32_t> got(static_cast<size_t>(target_step) + 8, 0), want = got;
    for_each_index(extents, [&](const Extents& index) {
      int64_t at = source_offset, place = 3;
      for (size_t axis = 0; axis < rank; ++axis) {
        at += index[axis] * from[axis];
        place += index[axis] * to[axis];
      }
      want[static_cast<size_t>(place)] = source[static_cast<size_t>(at)];
    });
    StridedCopy(4, extents, from, to, source_offset, 3).run(source.data(), got.data());
    ASSERT_EQ(got, want) << "round " << round;
  }
}

TEST(Fill, RepeatsElementsOfEverySize) {
  const std::vector<uint8_t> pattern = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  for (size_t size : {1, 2, 4, 8, 16}) {
    for (int64_t count : {0, 1, 3, 100}) {
      const size_t bytes = static_cast<size_t>(count) * size;
      std::vector<uint8_t> out(bytes + 16, 0x5a);
      fill(out.data(), count, pattern.data(), size);
      for (size_t i = 0; i < bytes; ++i) ASSERT_EQ(out[i], pattern[i % size]) << size;
      for (size_t i = bytes; i < out.size(); ++i) ASSERT_EQ(out[i], 0x5a) << size;
    }
  }
}

template <class Index>
void expect_one_hot(int64_t outer, int64_t depth, int64_t inner) {
  std::vector<Index> indices;
  for (int64_t i = 0; i < outer * inner; ++i) {
    indices.push_back(static_cast<Index>(i * 3 % (depth + 2)));  // some are out of range
  }
  const int64_t on = 5, off = -1;
  std::vector<int64_t> got(static_cast<size_t>(outer * depth * inner));
  one_hot(indices.data(), outer, depth, inner, &on, &off, 8, got.data());
  for (int64_t i = 0; i < outer * depth * inner; ++i) {
    const int64_t row = i / (depth * inner), place = i / inner % depth, column = i % inner;
    const bool is_on =
        static_cast<int64_t>(indices[static_cast<size_t>(row * inner + column)]) == place;
    ASSERT_EQ(got[static_cast<size_t>(i)], is_on ? on : off) << i;
  }
}

TEST(OneHot, TakesEveryIndexType) {
  for (int64_t inner : {1, 4}) {
    expect_one_hot<uint8_t>(7, 5, inner);
    expect_one_hot<int32_t>(7, 5, inner);
    expect_one_hot<int64_t>(7, 5, inner);
    expect_one_hot<int32_t>(3, 1, inner);
  }
}

TEST(OneHot, OfNoDepthIsEmpty) {
  const int32_t index = 0;
  const float on = 1, off = 0;
  float guard = 77;
  one_hot(&index, 1, 0, 1, &on, &off, 4, &guard);
  EXPECT_EQ(guard, 77);
}

}  // namespace strided_copy_test
}  // namespace reckon::kernels
