// SPDX-License-Identifier: Apache-2.0
// top_k: order, ties, NaN, every k, dtypes, gradients that go to the chosen places.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace top_k_test {

using namespace testing;

OpUnderTest top(int64_t k) {
  return [k](const Tensor& x) {
    const TopK found = top_k(x, k);
    return Tensors{found.values, found.indices};
  };
}

TEST(TopK, SortsEachRow) {
  check_op({.op = top(2),
            .inputs = {floats({1, 3, 2, 9, 8, 7}, {2, 3})},
            .expect = {floats({3, 2, 9, 8}, {2, 2}), ints({1, 2, 0, 1}, {2, 2})},
            .has_second_gradient = true});
  check_op(
      {.op = top(3),
       .inputs = {floats({1, 3, 2, 9, 8, 7}, {1, 2, 3})},
       .expect = {floats({3, 2, 1, 9, 8, 7}, {1, 2, 3}), ints({1, 2, 0, 0, 1, 2}, {1, 2, 3})}});
}

TEST(TopK, TiesGoToTheLowerIndex) {
  check_op({.op = top(2),
            .inputs = {{5, 7, 7}},
            .expect = {{7, 7}, ints({1, 2}, {2})},
            .has_gradient = false});
  check_op({.op = top(3),
            .inputs = {ints({4, 4, 4, 4}, {4})},
            .expect = {ints({4, 4, 4}, {3}), ints({0, 1, 2}, {3})}});
}

TEST(TopK, PutsNanFirstAndInfinitiesInTheirPlace) {
  const std::vector<Array> got = run_op(top(4), {floats({1, INFINITY, NAN, -INFINITY}, {4})});
  EXPECT_TRUE(std::isnan(got[0].at<float>(0)));
  EXPECT_TRUE(got[1].same_bits(ints({2, 1, 0, 3}, {4})));
}

TEST(TopK, TakesNothingOrAll) {
  check_op({.op = top(0),
            .inputs = {floats({1, 2}, {1, 2})},
            .expect = {floats({}, {1, 0}), ints({}, {1, 0})}});
  check_op({.op = top(2),
            .inputs = {floats({}, {0, 2})},
            .expect = {floats({}, {0, 2}), ints({}, {0, 2})}});
  check_op({.op = top(1), .inputs = {{7}}, .expect = {Values{7}, ints({0}, {1})}});
}

TEST(TopK, TakesNumbersOfEverySize) {
  EXPECT_TRUE(run_op(top(1), {Array::from<int8_t>({-5, -3}, {2})})[0].same_bits(
      Array::from<int8_t>({-3}, {1})));
  EXPECT_TRUE(run_op(top(1), {Array::from<uint64_t>({1, 1ull << 63}, {2})})[0].same_bits(
      Array::from<uint64_t>({1ull << 63}, {1})));
  EXPECT_TRUE(
      run_op(top(1), {Array::from<uint16_t>({60000, 1}, {2})})[1].same_bits(ints({0}, {1})));
}

TEST(TopK, EqualsASortOfALongRow) {
  constexpr int64_t kColumns = 3001, kFirst = 100;
  std::vector<float> x(kColumns);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 7919 % 3001);
  const std::vector<Array> got = run_op(top(kFirst), {floats(x, {1, kColumns})});
  for (int64_t i = 0; i < kFirst; ++i) {
    ASSERT_EQ(got[0].at<float>(i), static_cast<float>(kColumns - 1 - i));
    ASSERT_EQ(x[static_cast<size_t>(got[1].at<int32_t>(i))], got[0].at<float>(i));
  }
}

TEST(TopK, IndicesAloneHaveNoGradient) {
  const auto slope = [](const Tensor& x) {
    const TopK found = top_k(x, 1);
    return Tensors{gradients(cast(found.indices, kFloat32) * 2, {x})[0],
                   gradients(found.values * 3, {x})[0]};
  };
  const std::vector<Array> got = run_op(slope, {floats({1, 5, 2}, {3})});
  expect_near(got[0], floats({0, 0, 0}, {3}), 0, "through indices");
  expect_near(got[1], floats({0, 3, 0}, {3}), 0, "through values");
}

TEST(TopK, OfRowsThatOnlyTheDataCount) {
  const Array x = floats({1, 3, 9, 8, 2, 4}, {3, 2}), mask = bools({true, false, true}, {3});
  check_op({.op = [](const Tensor& t,
                     const Tensor& rows) { return top_k(boolean_mask(t, rows), 1).values; },
            .inputs = {x, mask},
            .expect = floats({3, 4}, {2, 1})});
}

TEST(TopK, OfColumnsThatOnlyTheDataCount) {
  check_op(
      {.op = [](const Tensor& t,
                const Tensor& columns) { return top_k(boolean_mask(t, columns, 1), 1).values; },
       .inputs = {floats({1, 9, 3, 6, 9, 4}, {2, 3}), bools({true, false, true}, {3})},
       .expect = floats({3, 6}, {2, 1}),
       .has_second_gradient = true});
}

TEST(TopK, NamesARowThatIsTooShort) {
  const auto two = [](const Tensor& x, const Tensor& mask) {
    return top_k(boolean_mask(x, mask), 2).values;
  };
  check_op({.op = two, .inputs = {{1, 3, 2}, bools({true, true, false}, {3})}, .expect = {3, 1}});
  base::expect_error(
      [&] {
        run_op(two, {floats({1, 3, 2}, {3}), bools({false, true, false}, {3})});
      },
      "a row has 1 elements in this batch, fewer than k, 2; lower k");
}

TEST(TopK, RefusesAKThatCannotBe) {
  expect_error([] { top_k(placeholder(kFloat32, {3}), 4); },
               "[top_k] k is 4 but x is float32[3]; pass k in [0, 3]");
  expect_error([] { top_k(placeholder(kFloat32, {3}), -1); }, "[top_k] k is -1");
  expect_error([] { top_k(placeholder(kFloat32, {kUnknown}), -1); },
               "[top_k] k is -1 but x is float32[?]; pass 0 or more");
  expect_error([] { top_k(placeholder(kFloat32, {})); },
               "[top_k] x is float32[], expected one dimension or more; reshape it to [1]");
  expect_error([] { top_k(placeholder(kString, {3})); }, "[top_k] x is string[3]");
}

}  // namespace top_k_test
}  // namespace reckon
