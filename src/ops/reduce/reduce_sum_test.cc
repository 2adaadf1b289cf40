// SPDX-License-Identifier: Apache-2.0
// Sums, means and counts: axes, empty tensors, sizes that only the data know, long rows, dtypes.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "ops/reduce/reduction_under_testing.h"

namespace reckon {
namespace reduce_sum_test {

using namespace testing;

/// The reduction of the rows where a mask is true.
OpUnderTest over_masked(Reduction reduction, Axes axes) {
  return [=](const Tensor& x, const Tensor& mask) {
    return reduction(boolean_mask(x, mask), axes, {});
  };
}

const Array kSumRows = floats({1, 2, 3, 4, 5, 6}, {3, 2});

TEST(ReduceSum, TakesAxesInAnyForm) {
  check_op({.op = over(reduce_sum, {}), .inputs = {kTable}, .expect = floats({7.5f}, {})});
  check_op({.op = over(reduce_sum, 0), .inputs = {kTable}, .expect = floats({-3, 8, 2.5f}, {3})});
  check_op({.op = over(reduce_sum, {-1}),
            .inputs = {kTable},
            .expect = floats({8, -0.5f}, {2}),
            .has_second_gradient = true});
  check_op(
      {.op = over(reduce_sum, {1, 0}, true), .inputs = {kTable}, .expect = floats({7.5f}, {1, 1})});
  check_op({.op = over(reduce_sum, {-1}, true),
            .inputs = {kTable},
            .expect = floats({8, -0.5f}, {2, 1})});
  check_op({.op = over(reduce_sum, Axes::none()), .inputs = {kTable}, .expect = kTable});
}

TEST(ReduceSum, OfMiddleAxesKeepsTheOthers) {
  const Array x = floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {2, 3, 2});
  check_op({.op = over(reduce_sum, 1), .inputs = {x}, .expect = floats({9, 12, 27, 30}, {2, 2})});
  check_op({.op = over(reduce_sum, {0, 2}), .inputs = {x}, .expect = floats({18, 26, 34}, {3})});
}

TEST(ReduceSum, OfNothingIsZero) {
  check_op({.op = over(reduce_sum, 0),
            .inputs = {floats({}, {0, 2})},
            .expect = floats({0, 0}, {2}),
            .has_gradient = false});
  check_op({.op = over(reduce_sum, 1), .inputs = {floats({}, {0, 2})}, .expect = floats({}, {0})});
  check_op({.op = over(reduce_sum, {}), .inputs = {floats({3}, {})}, .expect = floats({3}, {})});
}

TEST(ReduceSum, OfIntegersWraps) {
  check_op({.op = over(reduce_sum, {}),
            .inputs = {Array::from<uint8_t>({200, 100}, {2})},
            .expect = Array::from<uint8_t>({44}, {})});
  check_op({.op = over(reduce_sum, 0),
            .inputs = {ints({2147483647, 1, 1, 1}, {2, 2})},
            .expect = ints({-2147483647 - 1, 2}, {2})});
}

TEST(ReduceSum, CountsOnlyTheRowsThatAreThere) {
  const Array mask = bools({true, false, true}, {3}), none = bools({false, false, false}, {3});
  check_op({.op = over_masked(reduce_sum, 0), .inputs = {kSumRows, mask}, .expect = {6, 8}});
  check_op({.op = over_masked(reduce_sum, 1), .inputs = {kSumRows, mask}, .expect = {3, 11}});
  check_op(
      {.op = over_masked(reduce_sum, {}), .inputs = {kSumRows, mask}, .expect = floats({14}, {})});
  check_op({.op = over_masked(reduce_sum, 0), .inputs = {kSumRows, none}, .expect = {0, 0}});
  check_op(
      {.op = over_masked(reduce_sum, 1), .inputs = {kSumRows, none}, .expect = floats({}, {0})});
}

TEST(ReduceSum, OfVeryManyNumbersLosesNoDigits) {
  // One running float32 sum would stop at 2^24.
  const int64_t count = (1 << 24) + (1 << 22) + 3;
  const Array ones = Array::from(std::vector<float>(count, 1.0f), {count});
  const float sum = run_op(over(reduce_sum, {}), {ones})[0].item<float>();
  EXPECT_NEAR(sum, static_cast<float>(count), 4);
}

TEST(ReduceMean, DividesByTheNumberOfElements) {
  check_op({.op = over(reduce_mean, {}), .inputs = {kTable}, .expect = floats({1.25f}, {})});
  check_op({.op = over(reduce_mean, 0),
            .inputs = {kTable},
            .expect = floats({-1.5f, 4, 1.25f}, {3}),
            .has_second_gradient = true});
  check_op({.op = over(reduce_mean, 1, true),
            .inputs = {kTable},
            .expect = floats({8.0f / 3, -0.5f / 3}, {2, 1})});
  check_op({.op = over(reduce_mean, {}),
            .inputs = {floats({}, {0})},
            .expect = floats({NAN}, {}),
            .has_gradient = false});
  check_op({.op = over(reduce_mean, Axes::none()), .inputs = {kTable}, .expect = kTable});
}

TEST(ReduceMean, OfIntegersTruncates) {
  check_op({.op = over(reduce_mean, {}), .inputs = {ints({-7, 2}, {2})}, .expect = ints({-2}, {})});
  check_op({.op = over(reduce_mean, 0),
            .inputs = {longs({1, 2, 4, 9}, {2, 2})},
            .expect = longs({2, 5}, {2})});
}

TEST(ReduceMean, DividesByTheRowsThatAreThere) {
  const Array mask = bools({true, false, true}, {3});
  check_op({.op = over_masked(reduce_mean, 0),
            .inputs = {kSumRows, mask},
            .expect = {3, 4},
            .has_second_gradient = true});
  check_op({.op = over_masked(reduce_mean, {}),
            .inputs = {kSumRows, mask},
            .expect = floats({3.5f}, {})});
}

TEST(CountNonzero, CountsInInt64) {
  check_op({.op = over(count_nonzero, 1),
            .inputs = {floats({0, 2, NAN, 0, 0, -0.0f}, {2, 3})},
            .expect = longs({2, 0}, {2})});
  check_op({.op = over(count_nonzero, {}),
            .inputs = {bools({true, false}, {2})},
            .expect = longs({1}, {})});
  check_op({.op = over(count_nonzero, 0, true),
            .inputs = {ints({}, {0, 2})},
            .expect = longs({0, 0}, {1, 2})});
}

TEST(ReduceSum, RefusesBoolsAndNamesTheCaller) {
  expect_error([] { reduce_sum(true); },
               "[reduce_sum] x is bool[], expected float32 or float64 or int32");
  expect_error([] { reduce_mean(kTable, 2); }, "[reduce_mean] there is no axis 2 in x");
  expect_error([] { count_nonzero(kTable, -3); }, "[count_nonzero] there is no axis -3 in x");
}

TEST(ReduceMean, OfNarrowIntegersHoldsSumAndCount) {
  const Array ones = Array::from<uint8_t>(std::vector<uint8_t>(300, 1), {300});
  check_op({.op = over(reduce_mean, {}), .inputs = {ones}, .expect = Array::scalar<uint8_t>(1)});
  check_op({.op = over(reduce_mean, {}),
            .inputs = {ints({2000000000, 2000000000}, {2})},
            .expect = ints({2000000000}, {})});
  expect_error([] { reduce_mean(true); }, "[reduce_sum] x is bool[]");
}

}  // namespace reduce_sum_test
}  // namespace reckon
