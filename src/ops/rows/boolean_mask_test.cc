// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include "check_op.h"

namespace reckon::testing {
namespace boolean_mask_test {

const Array kMaskedTable = floats({0, 1, 10, 11, 20, 21}, {3, 2});

auto masked(int axis) {
  return [axis](const Tensor& x, const Tensor& mask) { return boolean_mask(x, mask, axis); };
}

TEST(BooleanMask, KeepsWhatIsTrueAlongAnAxis) {
  check_op({.op = masked(0),
            .inputs = {kMaskedTable, bools({true, false, true}, {3})},
            .expect = floats({0, 1, 20, 21}, {2, 2})});
  check_op({.op = masked(1),
            .inputs = {kMaskedTable, bools({false, true}, {2})},
            .expect = floats({1, 11, 21}, {3, 1})});
  check_op({.op = masked(-1),
            .inputs = {kMaskedTable, bools({true, false}, {2})},
            .expect = floats({0, 10, 20}, {3, 1})});
}

TEST(BooleanMask, FlattensTheDimensionsOfItsMask) {
  check_op({.op = masked(0),
            .inputs = {kMaskedTable, bools({false, true, true, false, false, true}, {3, 2})},
            .expect = {1, 10, 21}});
}

TEST(BooleanMask, KeepsNothingAndAll) {
  check_op(
      {.op = masked(0), .inputs = {{1, 2}, bools({false, false}, {2})}, .expect = floats({}, {0})});
  check_op({.op = masked(0), .inputs = {{1, 2}, bools({true, true}, {2})}, .expect = {1, 2}});
}

TEST(BooleanMask, FeedsReductionsOfItsRealSize) {
  check_op({.op = [](const Tensor& x,
                     const Tensor& mask) { return reduce_mean(square(boolean_mask(x, mask))); },
            .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
            .expect = floats({5}, {})});
}

TEST(BooleanMask, RefusesAMaskOfAnotherShape) {
  expect_error([] { boolean_mask(placeholder(kFloat32, {3}), placeholder(kBool, {4})); },
               "[boolean_mask] mask is bool[4] but x is float32[3]");
  expect_error(
      [] {
        boolean_mask(placeholder(kFloat32, {3, 2}), placeholder(kBool, {2, 3}));
      },
      "[boolean_mask] mask is bool[2, 3] but x is float32[3, 2]");
  expect_error([] { boolean_mask(placeholder(kFloat32, {3}), placeholder(kBool, {})); },
               "[boolean_mask] mask is bool[], a scalar");
  expect_error([] { boolean_mask(placeholder(kFloat32, {3}), placeholder(kBool, {3}), 1); },
               "[boolean_mask] axis is 1 but x is float32[3]");
}

TEST(BooleanMask, RefusesAMaskThatTurnsOutTooLong) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown}, "x"), mask = placeholder(kBool, {kUnknown});
  const Tensor kept = boolean_mask(x, mask);
  expect_error(
      [&] {
        evaluate_now(kept, {{x, floats({1, 2}, {2})},
                            {mask, Array::from<bool>({true, false, false, true}, {4})}});
      },
      "[boolean_mask] mask is bool[4] but x is float32[2]");
}

}  // namespace boolean_mask_test
}  // namespace reckon::testing
