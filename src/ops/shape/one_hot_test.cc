// SPDX-License-Identifier: Apache-2.0
// one_hot: axes, values, dtypes, indices outside.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace one_hot_test {

using namespace testing;

OpUnderTest hot(int64_t depth, OneHotOptions options = {}) {
  return [=](const Tensor& x) { return one_hot(x, depth, options); };
}

TEST(OneHot, MarksTheIndex) {
  check_op(
      {.op = hot(3), .inputs = {ints({0, 2}, {2})}, .expect = floats({1, 0, 0, 0, 0, 1}, {2, 3})});
  check_op({.op = hot(2), .inputs = {longs({1}, {})}, .expect = {0, 1}});
}

TEST(OneHot, AnIndexOutsideMarksNothing) {
  check_op({.op = hot(3),
            .inputs = {ints({7, -1, 3}, {3})},
            .expect = floats({0, 0, 0, 0, 0, 0, 0, 0, 0}, {3, 3})});
  // As int32 this would be 0.
  check_op(
      {.op = hot(2), .inputs = {longs({int64_t{1} << 32}, {1})}, .expect = floats({0, 0}, {1, 2})});
}

TEST(OneHot, PutsTheNewDimensionAnywhere) {
  check_op({.op = hot(2, {.axis = 0}),
            .inputs = {longs({0, 1, 1}, {3})},
            .expect = floats({1, 0, 0, 0, 1, 1}, {2, 3})});
  const Array table = ints({0, 1, 1, 0}, {2, 2});
  check_op({.op = hot(2, {.axis = 1}),
            .inputs = {table},
            .expect = floats({1, 0, 0, 1, 0, 1, 1, 0}, {2, 2, 2})});
  check_op({.op = hot(2, {.axis = -2}),
            .inputs = {table},
            .expect = floats({1, 0, 0, 1, 0, 1, 1, 0}, {2, 2, 2})});
}

TEST(OneHot, WritesItsValuesInItsDtype) {
  check_op({.op = hot(2, {.on_value = 5, .off_value = -1, .dtype = kInt32}),
            .inputs = {ints({1}, {1})},
            .expect = ints({-1, 5}, {1, 2})});
  check_op({.op = hot(2, {.dtype = kBool}),
            .inputs = {Array::from<uint8_t>({1}, {1})},
            .expect = bools({false, true}, {1, 2})});
  check_op({.op = hot(2, {.on_value = 0.1, .dtype = kFloat64}),
            .inputs = {ints({0}, {1})},
            .expect = doubles({0.1, 0}, {1, 2}),
            .tolerance = 0});
}

TEST(OneHot, OfNothingAndOfNoClasses) {
  check_op({.op = hot(3), .inputs = {ints({}, {0})}, .expect = floats({}, {0, 3})});
  check_op({.op = hot(0), .inputs = {ints({0, 1}, {2})}, .expect = floats({}, {2, 0})});
}

TEST(OneHot, TakesTheRowsThatAreThere) {
  check_op(
      {.op = [](const Tensor& x, const Tensor& mask) { return one_hot(boolean_mask(x, mask), 2); },
       .inputs = {ints({0, 1, 1}, {3}), bools({true, false, true}, {3})},
       .expect = floats({1, 0, 0, 1}, {2, 2})});
}

TEST(OneHot, StandsBeforeASizeThatOnlyTheDataKnows) {
  check_op(
      {.op = [](const Tensor& x,
                const Tensor& mask) { return one_hot(boolean_mask(x, mask, 1), 2, {.axis = 0}); },
       .inputs = {ints({0, 1, 1, 1, 0, 0}, {2, 3}), bools({true, false, true}, {3})},
       .expect = floats({1, 0, 0, 1, 0, 1, 1, 0}, {2, 2, 2})});
}

TEST(OneHot, StopsGradients) {
  const auto slope = [](const Tensor& x) {
    return gradients(x * one_hot(cast(x, kInt32), 3), {x})[0];
  };
  check_op({.op = slope,
            .inputs = {floats({2}, {1})},
            .expect = floats({1}, {1}),
            .has_gradient = false,
            .has_float64 = false});
}

TEST(OneHot, RefusesWhatCannotBe) {
  expect_error([] { one_hot(placeholder(kInt32, {1}), -1); },
               "[one_hot] depth is -1, expected 0 or more; pass the number of classes");
  expect_error([] { one_hot(placeholder(kFloat32, {1}), 3); },
               "[one_hot] indices is float32[1], expected int32 or int64");
  expect_error([] { one_hot(placeholder(kInt32, {1}), 3, {.axis = 2}); }, "[one_hot] axis is 2");
  expect_error([] { one_hot(placeholder(kInt32, {1}), 3, {.dtype = kString}); },
               "[one_hot] dtype is string, expected float32");
  expect_error([] { one_hot(placeholder(kInt32, {1}), 3, {.on_value = 0.5, .dtype = kInt32}); },
               "0.5");
}

}  // namespace one_hot_test
}  // namespace reckon
