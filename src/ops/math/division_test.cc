// SPDX-License-Identifier: Apache-2.0
// Division with remainder: whose sign the remainder has, gradients, and the fault of a zero
// divisor.
#include <gtest/gtest.h>

#include <limits>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace division_test {

using testing::check_op;
using testing::ints;

TEST(Division, FloorsTowardsMinusInfinity) {
  check_op({.op = floordiv,
            .inputs = {ints({7, -7, 7, -7}, {4}), ints({2, 2, -2, -2}, {4})},
            .expect = ints({3, -4, -4, 3}, {4})});
  check_op({.op = floormod,
            .inputs = {ints({7, -7, 7, -7}, {4}), ints({2, 2, -2, -2}, {4})},
            .expect = ints({1, 1, -1, -1}, {4})});
}

TEST(Division, TruncatesTowardsZero) {
  check_op({.op = truncatediv,
            .inputs = {ints({7, -7, 7, -7}, {4}), ints({2, 2, -2, -2}, {4})},
            .expect = ints({3, -3, -3, 3}, {4})});
  check_op({.op = truncatemod,
            .inputs = {ints({7, -7, 7, -7}, {4}), ints({2, 2, -2, -2}, {4})},
            .expect = ints({1, -1, 1, -1}, {4})});
}

TEST(Division, OfFloatsHasTheGradientOfItsPieces) {
  check_op({.op = floormod, .inputs = {{5.25, -5.25}, {2, 2}}, .expect = {1.25, 0.75}});
  check_op({.op = truncatemod, .inputs = {{5.25, -5.25}, {2, 2}}, .expect = {1.25, -1.25}});
  check_op({.op = floordiv, .inputs = {{5.25, -5.25}, {2, 2}}, .expect = {2, -3}});
}

TEST(Division, TruncatedFloatsHaveTheGradientOfTheirPieces) {
  check_op({.op = truncatediv, .inputs = {{5.25, -5.25, 0.5}, {2, 2, -3}}, .expect = {2, -2, 0}});
  check_op({.op = truncatemod,
            .inputs = {testing::floats({5.25f, -5.25f}, {2, 1}), {2, 3}},
            .expect = testing::floats({1.25f, 2.25f, -1.25f, -2.25f}, {2, 2})});
}

TEST(Division, OfTheLowestIntegerByMinusOneWraps) {
  // The quotient has no place in the dtype; the processor's own division would trap.
  const int32_t lowest = std::numeric_limits<int32_t>::min();
  const int64_t lowest64 = std::numeric_limits<int64_t>::min();
  for (auto op : {floordiv, truncatediv}) {
    check_op({.op = op,
              .inputs = {ints({lowest, 6}, {2}), ints({-1, -1}, {2})},
              .expect = ints({lowest, -6}, {2})});
    check_op({.op = op,
              .inputs = {testing::longs({lowest64}, {1}), testing::longs({-1}, {1})},
              .expect = testing::longs({lowest64}, {1}),
              .tolerance = 0});
  }
  for (auto op : {floormod, truncatemod}) {
    check_op({.op = op,
              .inputs = {ints({lowest, 7}, {2}), ints({-1, -1}, {2})},
              .expect = ints({0, 0}, {2})});
  }
}

TEST(Division, OfAnIntegerByZeroIsAnErrorOfTheStep) {
  for (auto op : {floordiv, floormod, truncatediv, truncatemod}) {
    EXPECT_THROW(testing::run_op(op, {ints({1, 2}, {2}), ints({1, 0}, {2})}), Error);
  }
}

}  // namespace division_test
}  // namespace reckon
