// SPDX-License-Identifier: Apache-2.0
// where: choice with broadcasting, gradients, errors.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace select_test {

using testing::bools;
using testing::check_op;
using testing::expect_error;
using testing::floats;

Tensor choose(const Tensor& condition, const Tensor& a, const Tensor& b) {
  return where(condition, a, b);
}

TEST(Where, ChoosesWithBroadcasting) {
  check_op({.op = choose,
            .inputs = {bools({true, false}, {2, 1}), floats({1, 2, 3}, {3}), floats({9}, {})},
            .expect = floats({1, 2, 3, 9, 9, 9}, {2, 3})});
}

TEST(Where, TakesNumbersAndBools) {
  check_op({.op = [](const Tensor& x) { return where(x > 0, x, 0); },
            .inputs = {{-1, 2}},
            .expect = {0, 2}});
  check_op(
      {.op = choose,
       .inputs = {bools({true, false}, {2}), bools({true, true}, {2}), bools({false, false}, {2})},
       .expect = bools({true, false}, {2})});
}

TEST(Where, KeepsNanOutOfGradientsThatAreNotChosen) {
  check_op({.op = [](const Tensor& x) { return where(x > 0, sqrt(where(x > 0, x, 1)), 0); },
            .inputs = {{-1, 4}},
            .expect = {0, 2}});
}

TEST(Where, RefusesConditionsThatAreNoBools) {
  expect_error([] { where(floats({1}, {1}), 1, 2); },
               "[where] condition is float32[1], expected bool; cast it first");
}

TEST(Where, RefusesTwoDtypesAndShapes) {
  expect_error([] { where(true, floats({1}, {1}), testing::ints({1}, {1})); },
               "if_true is float32[1] but if_false is int32[1]");
  expect_error(
      [] {
        where(bools({true, true, true}, {3}), floats({1, 2}, {2}), 1.0f);
      },
      "do not broadcast");
}

}  // namespace select_test
}  // namespace reckon
