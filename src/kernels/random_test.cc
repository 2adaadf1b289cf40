// SPDX-License-Identifier: Apache-2.0
#include "kernels/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace reckon::kernels {
namespace random_test {

constexpr RandomKey kKey = {2015, 3};

template <class T>
using Fill = std::function<void(RandomKey, int64_t first, int64_t count, T* out)>;

template <class T>
std::vector<T> draw(const Fill<T>& fill, int64_t first, int64_t count, RandomKey key = kKey) {
  std::vector<T> values(static_cast<size_t>(count));
  fill(key, first, count, values.data());
  return values;
}

// The largest distance between the empirical and the given distribution (Kolmogorov-Smirnov).
template <class T>
double distance(std::vector<T> values, const std::function<double(double)>& distribution) {
  std::sort(values.begin(), values.end());
  const double count = static_cast<double>(values.size());
  double worst = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double p = distribution(static_cast<double>(values[i]));
    const double rank = static_cast<double>(i);
    worst = std::max({worst, p - rank / count, (rank + 1) / count - p});
  }
  return worst;
}

template <class T>
void expect_parts_make_the_whole(const Fill<T>& fill) {
  const std::vector<T> whole = draw<T>(fill, 0, 103);
  for (int64_t first : {1, 2, 3, 50}) {
    const std::vector<T> part = draw<T>(fill, first, 53);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + first)) << first;
  }
  EXPECT_NE(whole, draw<T>(fill, 0, 103, {kKey.key, kKey.stream + 1}));
  EXPECT_NE(whole, draw<T>(fill, 0, 103, {kKey.key + 1, kKey.stream}));
}

// At 100000 draws a distance of 0.0062 has a probability of 0.1 %.
template <class T>
void expect_distributed(const Fill<T>& fill, const std::function<double(double)>& distribution) {
  expect_parts_make_the_whole(fill);
  EXPECT_LT(distance(draw<T>(fill, 0, 100000), distribution), 0.0062);
}

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

template <class T>
class RandomFills : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(RandomFills, Floats);

TYPED_TEST(RandomFills, UniformFillsItsInterval) {
  using T = TypeParam;
  const Fill<T> fill = [](RandomKey key, int64_t first, int64_t count, T* out) {
    fill_uniform(key, first, count, T(-2), T(3), out);
  };
  expect_distributed<T>(fill, [](double x) { return (x + 2) / 5; });
  for (T value : draw<T>(fill, 0, 10000)) {
    ASSERT_GE(value, T(-2));
    ASSERT_LT(value, T(3));
  }
}

TYPED_TEST(RandomFills, UniformNeverReachesItsUpperEnd) {
  using T = TypeParam;
  // Between these two neighbours every sum rounds to one of them.
  const T low = T(1), high = std::nextafter(T(1), T(2));
  std::vector<T> values(1000);
  fill_uniform(kKey, 0, 1000, low, high, values.data());
  EXPECT_EQ(values, std::vector<T>(1000, low));
}

TYPED_TEST(RandomFills, NormalHasItsDistribution) {
  using T = TypeParam;
  const Fill<T> fill = [](RandomKey key, int64_t first, int64_t count, T* out) {
    fill_normal(key, first, count, T(1), T(2), out);
  };
  expect_distributed<T>(fill, [](double x) { return normal_distribution((x - 1) / 2); });
}

TYPED_TEST(RandomFills, TruncatedNormalEndsAtTwoDeviations) {
  using T = TypeParam;
  const Fill<T> fill = [](RandomKey key, int64_t first, int64_t count, T* out) {
    fill_truncated_normal(key, first, count, T(1), T(2), out);
  };
  const double tail = normal_distribution(-2);
  expect_distributed<T>(fill, [tail](double x) {
    return (normal_distribution((x - 1) / 2) - tail) / (1 - 2 * tail);
  });
  for (T value : draw<T>(fill, 0, 10000)) {
    ASSERT_GE(value, T(-3));
    ASSERT_LE(value, T(5));
  }
}

TEST(RandomIntegers, FillTheirRange) {
  const Fill<int32_t> fill = [](RandomKey key, int64_t first, int64_t count, int32_t* out) {
    fill_uniform_integers(key, first, count, -3, 7, out);
  };
  expect_parts_make_the_whole(fill);
  std::vector<int> counts(7);
  for (int32_t value : draw<int32_t>(fill, 0, 70000)) ++counts.at(static_cast<size_t>(value + 3));
  for (int count : counts) EXPECT_NEAR(count, 10000, 500);
}

TEST(RandomIntegers, TakeTheWholeRangeOfTheirType) {
  std::vector<int64_t> values(1000);
  fill_uniform_integers(kKey, 0, 1000, INT64_MIN, 0, values.data());
  EXPECT_LT(*std::min_element(values.begin(), values.end()), INT64_MIN / 2);
  EXPECT_GT(*std::max_element(values.begin(), values.end()), INT64_MAX / 2);
}

TEST(RandomFill, StaysWhatItIs) {
  float uniform[3], normal[3];
  fill_uniform(kKey, 0, 3, 0.0f, 1.0f, uniform);
  fill_normal(kKey, 0, 3, 0.0f, 1.0f, normal);
  const float want_uniform[3] = {0.0205899f, 0.95102f, 0.224469f};
  const float want_normal[3] = {2.6558104f, -0.8441451f, -0.9819816f};
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(uniform[i], want_uniform[i], 1e-6);
    EXPECT_NEAR(normal[i], want_normal[i], 1e-6);
  }
}

}  // namespace random_test
}  // namespace reckon::kernels
