// SPDX-License-Identifier: Apache-2.0
#include "kernels/ordering.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace reckon::kernels {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <class T>
int32_t first_max(const std::vector<T>& x) {
  int32_t index = -1;
  argmax(x.data(), &index, 1, static_cast<int64_t>(x.size()), 1);
  return index;
}

template <class T>
int32_t first_min(const std::vector<T>& x) {
  int32_t index = -1;
  argmin(x.data(), &index, 1, static_cast<int64_t>(x.size()), 1);
  return index;
}

TEST(Argmax, TakesTheFirstOfEqualElements) {
  EXPECT_EQ(first_max<float>({1, 3, 3, 2}), 1);
  EXPECT_EQ(first_min<int8_t>({1, -3, 3, -3}), 1);
  EXPECT_EQ(first_max<uint64_t>({0, 0, UINT64_MAX}), 2);
  EXPECT_EQ(first_max<int32_t>({INT32_MIN, INT32_MIN}), 0);
}

TEST(Argmax, PassesOverNaN) {
  EXPECT_EQ(first_max<float>({kNaN, 1, 2, kNaN}), 2);
  EXPECT_EQ(first_min<float>({kNaN, 1, -2, kNaN}), 2);
  EXPECT_EQ(first_max<float>({kNaN, kNaN}), 0);
  EXPECT_EQ(first_max<float>({-kInfinity, -kInfinity}), 0);
  EXPECT_EQ(first_min<float>({kInfinity, 5, -kInfinity}), 2);
}

TEST(Argmax, OfAMiddleAxisIsThatOfEachRun) {
  std::mt19937 generator(1);
  std::vector<float> x(3 * 7 * 70);
  for (float& value : x) value = static_cast<float>(generator() % 5);
  x[1] = kNaN;
  std::vector<int64_t> largest(3 * 70), smallest(3 * 70);
  argmax(x.data(), largest.data(), 3, 7, 70);
  argmin(x.data(), smallest.data(), 3, 7, 70);
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 70; ++j) {
      std::vector<float> run;
      for (size_t k = 0; k < 7; ++k) run.push_back(x[(i * 7 + k) * 70 + j]);
      ASSERT_EQ(largest[i * 70 + j], first_max(run));
      ASSERT_EQ(smallest[i * 70 + j], first_min(run));
    }
  }
}

TEST(TopK, SortsDescendingWithTheLowerIndexFirst) {
  const std::vector<float> x = {2, 5, 5, -kInfinity, 9, 1, kNaN, 1, 1, 0};
  std::vector<float> values(6);
  std::vector<int32_t> indices(6), scratch(5);
  top_k_rows(x.data(), values.data(), indices.data(), 2, 5, 3, scratch.data());
  EXPECT_EQ(indices, (std::vector<int32_t>{4, 1, 2, 1, 0, 2}));
  EXPECT_EQ(values[0], 9);
  EXPECT_TRUE(values[3] != values[3]);
  EXPECT_EQ(values[5], 1);
}

TEST(TopK, OfAllColumnsIsAStableSort) {
  std::mt19937 generator(2);
  std::vector<int32_t> x(500), values(500), indices(500), scratch(500), want(500);
  for (int32_t& value : x) value = static_cast<int32_t>(generator() % 50) - 25;
  for (size_t i = 0; i < want.size(); ++i) want[i] = static_cast<int32_t>(i);
  std::stable_sort(want.begin(), want.end(), [&](int32_t a, int32_t b) {
    return x[static_cast<size_t>(a)] > x[static_cast<size_t>(b)];
  });
  top_k_rows(x.data(), values.data(), indices.data(), 1, 500, 500, scratch.data());
  EXPECT_EQ(indices, want);
  top_k_rows(x.data(), values.data(), nullptr, 1, 500, 0, scratch.data());
}

}  // namespace
}  // namespace reckon::kernels
