// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/extremes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace reckon::kernels {
namespace extremes_test {

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

template <class T>
class Ordering : public ::testing::Test {
 protected:
  /// Few values, so that ties are common; infinities and NaN among floats.
  static std::vector<T> numbers(size_t count, uint32_t seed) {
    std::mt19937 generator(seed);
    std::vector<T> values(count);
    for (T& value : values) {
      value = static_cast<T>(generator() % 9);
      if (std::is_signed_v<T>) value = static_cast<T>(value - T(4));
      if constexpr (std::is_floating_point_v<T>) {
        const uint32_t special = generator() % 12;
        if (special == 0) value = std::numeric_limits<T>::quiet_NaN();
        if (special == 1) value = std::numeric_limits<T>::infinity();
        if (special == 2) value = -std::numeric_limits<T>::infinity();
      }
    }
    return values;
  }
  template <class Beats>
  static T worst(Beats beats) {
    using Limits = std::numeric_limits<T>;
    if constexpr (Limits::has_infinity) {
      return beats(T(1), T(0)) ? -Limits::infinity() : Limits::infinity();
    }
    return beats(T(1), T(0)) ? Limits::lowest() : Limits::max();
  }
  /// The first index whose element no other one beats; NaN and the infinity that beats nothing are
  /// passed over.
  template <class Beats>
  static int64_t first_of(const std::vector<T>& x, Beats beats) {
    int64_t best = -1;
    for (size_t i = 0; i < x.size(); ++i) {
      if (x[i] != x[i] || !beats(x[i], worst(beats))) continue;
      if (best < 0 || beats(x[i], x[static_cast<size_t>(best)])) best = static_cast<int64_t>(i);
    }
    return std::max<int64_t>(best, 0);
  }
};
using Numbers = ::testing::Types<float, double, int8_t, int16_t, int32_t, int64_t, uint8_t,
                                 uint16_t, uint32_t, uint64_t>;
TYPED_TEST_SUITE(Ordering, Numbers);

TYPED_TEST(Ordering, FindsTheFirstExtremeOfRunsOfAnyLength) {
  for (int64_t extent : {1, 2, 7, 16, 33, 100}) {
    for (int64_t inner : {1, 3, 20}) {
      const auto size = static_cast<size_t>(2 * extent * inner);
      const std::vector<TypeParam> x =
          this->numbers(size, static_cast<uint32_t>(extent * 31 + inner));
      std::vector<int32_t> most(static_cast<size_t>(2 * inner));
      std::vector<int64_t> least(most.size());
      argmax(x.data(), most.data(), 2, extent, inner);
      argmin(x.data(), least.data(), 2, extent, inner);
      for (size_t i = 0; i < most.size(); ++i) {
        std::vector<TypeParam> run;
        const size_t first = i / static_cast<size_t>(inner) * static_cast<size_t>(extent * inner) +
                             i % static_cast<size_t>(inner);
        for (int64_t k = 0; k < extent; ++k) {
          run.push_back(x[first + static_cast<size_t>(k * inner)]);
        }
        ASSERT_EQ(most[i], this->first_of(run, std::greater<>())) << extent << " x " << inner;
        ASSERT_EQ(least[i], this->first_of(run, std::less<>())) << extent << " x " << inner;
      }
    }
  }
}

TYPED_TEST(Ordering, TopKIsTheStartOfAStableSortWithNaNFirst) {
  for (int64_t columns : {1, 5, 32, 100}) {
    for (int64_t k : {int64_t{1}, columns / 2, columns}) {
      const auto width = static_cast<size_t>(columns);
      const std::vector<TypeParam> x = this->numbers(3 * width, static_cast<uint32_t>(columns));
      std::vector<TypeParam> values(static_cast<size_t>(3 * k));
      std::vector<int32_t> indices(values.size()), scratch(width);
      top_k_rows(x.data(), values.data(), indices.data(), 3, columns, k, scratch.data());
      for (size_t row = 0; row < 3; ++row) {
        std::vector<int32_t> want(width);
        for (size_t i = 0; i < width; ++i) want[i] = static_cast<int32_t>(i);
        const TypeParam* at = x.data() + row * width;
        std::stable_sort(want.begin(), want.end(), [at](int32_t a, int32_t b) {
          const bool is_a_nan = at[a] != at[a], is_b_nan = at[b] != at[b];
          return is_a_nan || is_b_nan ? is_a_nan && !is_b_nan : at[a] > at[b];
        });
        for (int64_t i = 0; i < k; ++i) {
          const size_t out = row * static_cast<size_t>(k) + static_cast<size_t>(i);
          ASSERT_EQ(indices[out], want[static_cast<size_t>(i)]) << i << " of " << columns;
          const TypeParam value = at[want[static_cast<size_t>(i)]];
          ASSERT_TRUE(values[out] == value || (value != value && values[out] != values[out]));
        }
      }
    }
  }
}

}  // namespace extremes_test
}  // namespace reckon::kernels
