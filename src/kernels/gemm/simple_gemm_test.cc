// SPDX-License-Identifier: Apache-2.0
// The product of double, int32 and int64 against its definition, in every storage order.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/gemm/dense_gemm_spec_testing.h"

namespace reckon::kernels {
namespace simple_gemm_test {

using testing_support::dense_spec;

/// Whole numbers that no order of sums rounds.
template <class T>
std::vector<T> small_numbers(int64_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(static_cast<int>(random() % 19) - 9);
  return values;
}

/// Element (i, j) of matrix x, from its definition.
template <class T>
T plain_element(const GemmSpec& s, const std::vector<T>& a, const std::vector<T>& b, int64_t x,
                int64_t i, int64_t j) {
  T sum = 0;
  for (int64_t k = 0; k < s.k; ++k) {
    const int64_t left = x * s.batch_stride_a + (s.transpose_a ? k * s.m + i : i * s.k + k);
    const int64_t right = x * s.batch_stride_b + (s.transpose_b ? j * s.k + k : k * s.n + j);
    sum += a[static_cast<size_t>(left)] * b[static_cast<size_t>(right)];
  }
  return sum;
}

template <class T>
void expect_product(const GemmSpec& s) {
  const std::vector<T> a = small_numbers<T>(s.m * s.k * s.batch, 1),
                       b = small_numbers<T>(s.k * s.n * s.batch, 2);
  std::vector<T> c(static_cast<size_t>(s.m * s.n * s.batch + 8), T(77));
  simple_gemm(s, a.data(), b.data(), c.data());
  for (int64_t at = 0; at < s.m * s.n * s.batch; ++at) {
    const int64_t x = at / (s.m * s.n), i = at / s.n % s.m, j = at % s.n;
    ASSERT_EQ(c[static_cast<size_t>(at)], plain_element(s, a, b, x, i, j))
        << x << ", " << i << ", " << j << " of " << s.m << " x " << s.k << " x " << s.n;
  }
  for (size_t i = c.size() - 8; i < c.size(); ++i) ASSERT_EQ(c[i], T(77));
}

template <class T>
class SimpleGemmOf : public ::testing::Test {};
using Types = ::testing::Types<double, int32_t, int64_t>;
TYPED_TEST_SUITE(SimpleGemmOf, Types);

// Blocks are of 64 columns.
TYPED_TEST(SimpleGemmOf, IsExactForSmallWholeNumbersInEveryOrder) {
  for (int order = 0; order < 4; ++order) {
    const bool a = (order & 1) != 0, b = (order & 2) != 0;
    for (int64_t n : {1, 3, 63, 64, 65, 130}) {
      ASSERT_NO_FATAL_FAILURE(expect_product<TypeParam>(dense_spec(5, 70, n, a, b)));
    }
    ASSERT_NO_FATAL_FAILURE(expect_product<TypeParam>(dense_spec(1, 1, 1, a, b)));
    ASSERT_NO_FATAL_FAILURE(expect_product<TypeParam>(dense_spec(5, 7, 67, a, b, 3)));
  }
}

TYPED_TEST(SimpleGemmOf, BroadcastsOneMatrixOverTheBatch) {
  GemmSpec s = dense_spec(3, 4, 5, false, true, 3);
  s.batch_stride_b = 0;
  ASSERT_NO_FATAL_FAILURE(expect_product<TypeParam>(s));
  s.batch_stride_b = 20;
  s.batch_stride_a = 0;
  ASSERT_NO_FATAL_FAILURE(expect_product<TypeParam>(s));
}

TYPED_TEST(SimpleGemmOf, OfNoDepthIsZero) {
  std::vector<TypeParam> c(6, TypeParam(77));
  simple_gemm<TypeParam>(dense_spec(2, 0, 3), nullptr, nullptr, c.data());
  EXPECT_EQ(c, std::vector<TypeParam>(6, 0));
}

TYPED_TEST(SimpleGemmOf, TakesFewerRowsAndLessDepthThanPlanned) {
  const GemmSpec planned = dense_spec(8, 9, 5, true), run = dense_spec(3, 4, 5, true);
  const std::vector<TypeParam> a = small_numbers<TypeParam>(72, 1),
                               b = small_numbers<TypeParam>(45, 2);
  std::vector<TypeParam> c(40, TypeParam(77));
  simple_gemm<TypeParam>(planned, a.data(), b.data(), c.data(), 3, 4);
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < 5; ++j) {
      EXPECT_EQ(c[static_cast<size_t>(i * 5 + j)], plain_element(run, a, b, 0, i, j));
    }
  }
  EXPECT_EQ(c[15], TypeParam(77));
}

TEST(SimpleGemm, IntegersWrap) {
  const int32_t a[] = {INT32_MAX, 1}, b[] = {1, 1};
  int32_t c = 0;
  simple_gemm(dense_spec(1, 2, 1), a, b, &c);
  EXPECT_EQ(c, INT32_MIN);
  const int64_t big = INT64_MAX, two = 2;
  int64_t product = 0;
  simple_gemm(dense_spec(1, 1, 1), &big, &two, &product);
  EXPECT_EQ(product, -2);
}

}  // namespace simple_gemm_test
}  // namespace reckon::kernels
