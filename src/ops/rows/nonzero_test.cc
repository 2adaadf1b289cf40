// SPDX-License-Identifier: Apache-2.0
// where with one operand: positions in row-major order, of bools and numbers, as input of other
// ops.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace nonzero_test {

using namespace testing;

OpUnderTest positions() {
  return [](const Tensor& condition) { return where(condition); };
}

TEST(Nonzero, GivesPositionsInRowMajorOrder) {
  check_op({.op = positions(),
            .inputs = {bools({false, true, true, false}, {2, 2})},
            .expect = longs({0, 1, 1, 0}, {2, 2})});
  check_op({.op = positions(),
            .inputs = {bools({true, false, false, false, false, true, true, false}, {2, 2, 2})},
            .expect = longs({0, 0, 0, 1, 0, 1, 1, 1, 0}, {3, 3})});
}

TEST(Nonzero, TakesNumbersThatAreNotZero) {
  check_op({.op = positions(),
            .inputs = {floats({0, 2, -0.0f, NAN}, {4})},
            .expect = longs({1, 3}, {2, 1})});
  check_op({.op = positions(), .inputs = {ints({-1, 0}, {2})}, .expect = longs({0}, {1, 1})});
}

TEST(Nonzero, OfNothingAndOfNoTrueElementIsEmpty) {
  check_op({.op = positions(), .inputs = {bools({}, {3, 0})}, .expect = longs({}, {0, 2})});
  check_op(
      {.op = positions(), .inputs = {bools({false, false}, {2})}, .expect = longs({}, {0, 1})});
}

TEST(Nonzero, FeedsAGatherOfItsRealSize) {
  // x where it is positive: the gradient goes to those places alone.
  const auto positive = [](const Tensor& x) {
    return reduce_sum(square(gather(x, squeeze(where(x > 0), {1}))));
  };
  check_op({.op = positive,
            .inputs = {{1, -2, 3}},
            .expect = floats({10}, {}),
            .has_second_gradient = true});
}

TEST(Nonzero, OfASizeThatOnlyTheDataKnows) {
  check_op(
      {.op = [](const Tensor& x, const Tensor& mask) { return where(boolean_mask(x, mask)); },
       .inputs = {bools({true, true, false, true}, {4}), bools({false, true, true, true}, {4})},
       .expect = longs({0, 2}, {2, 1})});
}

TEST(Nonzero, ReadsAsUnknownWhileTheGraphIsBuilt) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(where(placeholder(kBool, {2, 3})).text(), "int64[?, 2]");
}

TEST(Nonzero, RefusesScalarsAndStrings) {
  expect_error([] { where(placeholder(kBool, {})); },
               "[where] condition is bool[], a scalar, expected one dimension or more");
  expect_error([] { where(placeholder(kString, {1})); }, "is string[1], expected bool");
}

}  // namespace nonzero_test
}  // namespace reckon
