// SPDX-License-Identifier: Apache-2.0
// Reductions of values that come in pieces: the bits follow from the extents alone, not from where
// the pieces end.
#include "kernels/loop/loop_reducer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace reckon::kernels {
namespace loop_reducer_test {

using expr::Lane;

constexpr float kFloatGuard = 77.0f;

ReduceKernels kernels_of(ReduceKind kind) {
  return portable_loop_kernels().reduce(kind, Lane::kFloat32);
}

ReduceLevels one_level(const ReduceShape& shape) {
  ReduceLevels levels;
  levels.shapes[0] = shape;
  levels.count = 1;
  return levels;
}

std::vector<float> random_floats(int64_t count) {
  std::mt19937 generator(static_cast<uint32_t>(count));
  std::normal_distribution<float> normal(1, 3);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(generator);
  return values;
}

/// Reduces values in pieces that end at `ends`, each piece by its own Reducer if `own_reducers`.
/// Scratch and output have guards behind them.
std::vector<float> reduce(const ReduceLevels& levels, const std::vector<float>& values,
                          const std::vector<int64_t>& ends, bool own_reducers = false,
                          ReduceKind kind = ReduceKind::kSum) {
  const ReduceKernels kernels = kernels_of(kind);
  const auto result_size =
      static_cast<size_t>(levels.shapes[static_cast<size_t>(levels.count) - 1].result_size());
  std::vector<float> output(result_size + 16, kFloatGuard);
  const auto scratch_size = static_cast<size_t>(reduce_scratch_bytes(levels, sizeof(float))) / 4;
  std::vector<float> scratch(scratch_size + 16, kFloatGuard);
  void* chunks = first_chunks(levels, sizeof(float), scratch.data(), output.data());
  std::optional<Reducer> reducer;
  int64_t start = 0;
  for (int64_t end : ends) {
    if (own_reducers || !reducer) {
      reducer.emplace(kernels, levels.shapes[0], int64_t{sizeof(float)}, chunks);
    }
    reducer->take(values.data() + start, start, end - start);
    start = end;
  }
  finish_reduction(kernels, levels, sizeof(float), scratch.data(), output.data());
  for (size_t i = scratch_size; i < scratch.size(); ++i) EXPECT_EQ(scratch[i], kFloatGuard);
  for (size_t i = result_size; i < output.size(); ++i) EXPECT_EQ(output[i], kFloatGuard);
  output.resize(result_size);
  return output;
}

/// [kept, reduced, inner] summed in double.
std::vector<double> plain_sums(const ReduceShape& s, const std::vector<float>& values) {
  std::vector<double> sums(static_cast<size_t>(s.result_size()));
  for (size_t i = 0; i < values.size(); ++i) {
    const auto flat = static_cast<int64_t>(i);
    const int64_t kept = flat / (s.reduced * s.inner), column = flat % s.inner;
    sums[static_cast<size_t>(kept * s.inner + column)] += static_cast<double>(values[i]);
  }
  return sums;
}

const ReduceShape kShapes[] = {{1, 1, 1},    {1, 5, 1},  {3, 256, 1},  {2, 257, 1},   {3, 1000, 1},
                               {40, 3, 1},   {1, 7, 2},  {2, 700, 3},  {3, 33, 32},   {2, 40, 33},
                               {1, 100, 65}, {5, 1, 40}, {2, 9000, 1}, {1, 9000, 40}, {4, 512, 1}};

std::string text_of(const ReduceShape& s) {
  return std::to_string(s.kept) + " x " + std::to_string(s.reduced) + " x " +
         std::to_string(s.inner);
}

TEST(Reducer, SumsEveryFormOfShape) {
  for (const ReduceShape& shape : kShapes) {
    const auto size = shape.kept * shape.reduced * shape.inner;
    const std::vector<float> values = random_floats(size);
    const std::vector<float> got = reduce(one_level(shape), values, {size});
    const std::vector<double> want = plain_sums(shape, values);
    for (size_t i = 0; i < want.size(); ++i) {
      ASSERT_NEAR(got[i], want[i], 1e-6 * (10 + 4.0 * static_cast<double>(shape.reduced)))
          << text_of(shape) << ", result " << i;
    }
  }
}

TEST(Reducer, HasTheSameBitsWhereverThePiecesEnd) {
  std::mt19937 random(5);
  for (const ReduceShape& shape : kShapes) {
    const auto size = shape.kept * shape.reduced * shape.inner;
    const std::vector<float> values = random_floats(size);
    const std::vector<float> want = reduce(one_level(shape), values, {size});
    for (int64_t most : {int64_t{1}, int64_t{17}, int64_t{1024}, size}) {
      if (size / most > 40000) continue;
      std::vector<int64_t> ends;
      while (ends.empty() || ends.back() < size) {
        const int64_t from = ends.empty() ? 0 : ends.back();
        const auto step = 1 + static_cast<int64_t>(random() % static_cast<uint32_t>(most));
        ends.push_back(std::min(size, from + step));
      }
      EXPECT_EQ(reduce(one_level(shape), values, ends), want)
          << text_of(shape) << " in pieces of up to " << most;
    }
  }
}

// What a pool relies on: cuts at multiples of unit() never go through a chunk.
TEST(Reducer, HasTheSameBitsWhenShardsAreCutAtUnits) {
  for (const ReduceShape& shape : kShapes) {
    const auto size = shape.kept * shape.reduced * shape.inner;
    const std::vector<float> values = random_floats(size);
    std::vector<int64_t> ends;
    for (int64_t at = shape.unit(); at < size; at += shape.unit()) ends.push_back(at);
    ends.push_back(size);
    EXPECT_EQ(reduce(one_level(shape), values, ends, true),
              reduce(one_level(shape), values, {size}))
        << text_of(shape);
  }
}

TEST(Reducer, TakesTheLargestAndTheSmallest) {
  for (const ReduceShape& shape : kShapes) {
    const auto size = shape.kept * shape.reduced * shape.inner;
    const std::vector<float> values = random_floats(size);
    const std::vector<float> most =
        reduce(one_level(shape), values, {size}, false, ReduceKind::kMax);
    std::vector<float> want(most.size(), -INFINITY);
    for (size_t i = 0; i < values.size(); ++i) {
      const auto flat = static_cast<int64_t>(i);
      float& place = want[static_cast<size_t>(flat / (shape.reduced * shape.inner) * shape.inner +
                                              flat % shape.inner)];
      place = std::max(place, values[i]);
    }
    EXPECT_EQ(most, want) << text_of(shape);
  }
}

TEST(Reducer, OfNothingGivesTheIdentity) {
  EXPECT_EQ(reduce(one_level({3, 0, 2}), {}, {}), std::vector<float>(6, 0.0f));
  EXPECT_EQ(reduce(one_level({1, 0, 1}), {}, {}, false, ReduceKind::kProd),
            std::vector<float>{1.0f});
  EXPECT_EQ(reduce(one_level({2, 0, 1}), {}, {}, false, ReduceKind::kMax),
            std::vector<float>(2, -INFINITY));
  EXPECT_TRUE(reduce(one_level({0, 5, 1}), {}, {}).empty());
  EXPECT_TRUE(reduce(one_level({2, 5, 0}), {}, {}).empty());
}

// Axes 0 and 2 of [4, 3, 600]: rows first, then their sums.
TEST(Reducer, RunsLevelsOneAfterTheOther) {
  ReduceLevels levels;
  levels.shapes[0] = {12, 600, 1};
  levels.shapes[1] = {1, 4, 3};
  levels.count = 2;
  const std::vector<float> values = random_floats(12 * 600);
  const std::vector<float> got = reduce(levels, values, {1000, 7200});
  ASSERT_EQ(got.size(), 3u);
  for (size_t j = 0; j < 3; ++j) {
    double want = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      if (i / 600 % 3 == j) want += static_cast<double>(values[i]);
    }
    EXPECT_NEAR(got[j], want, 0.05);
  }
}

// Sixteen ones a lane, then a tree: a chain of a million would stop at 2^24.
TEST(Reducer, AddsMillionsOfOnesExactly) {
  const int64_t size = 20'000'000;
  const std::vector<float> ones(static_cast<size_t>(size), 1.0f);
  EXPECT_EQ(reduce(one_level({1, size, 1}), ones, {size}), std::vector<float>{2e7f});
}

TEST(FirstChunks, GoToTheOutputIfNothingIsLeftToJoin) {
  float scratch = 0, output = 0;
  EXPECT_EQ(first_chunks(one_level({3, 256, 1}), 4, &scratch, &output), &output);
  EXPECT_EQ(first_chunks(one_level({3, 257, 1}), 4, &scratch, &output), &scratch);
  EXPECT_EQ(reduce_scratch_bytes(one_level({3, 256, 1}), 4), 0);
  EXPECT_EQ(reduce_scratch_bytes(one_level({3, 257, 1}), 4), 64);  // six chunks, aligned
}

}  // namespace loop_reducer_test
}  // namespace reckon::kernels
