// SPDX-License-Identifier: Apache-2.0
// Undoing a broadcast: added and stretched dimensions, alone and mixed, with the bits of
// reduce_sum.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace sum_to_test {

using namespace testing;

const Array kSmallCube = floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});

void expect_sum(const Shape& like, const Array& want) {
  check_op({.op = sum_to_like,
            .inputs = {kSmallCube, Array::zeros(kFloat32, like)},
            .expect = want,
            .has_second_gradient = true});
}

TEST(SumToLike, UndoesABroadcast) {
  expect_sum({2}, floats({16, 20}, {2}));
  expect_sum({1, 2, 1}, floats({14, 22}, {1, 2, 1}));
  expect_sum({2, 1}, floats({14, 22}, {2, 1}));
  expect_sum({1, 1}, floats({36}, {1, 1}));
  expect_sum({}, floats({36}, {}));
  expect_sum({2, 2, 2}, kSmallCube);
}

TEST(SumToLike, OfIntegersKeepsTheDtype) {
  check_op({.op = sum_to_like,
            .inputs = {longs({1, 2, 3, 4}, {2, 2}), floats({0, 0}, {1, 2})},
            .expect = longs({4, 6}, {1, 2})});
}

TEST(SumToLike, OfNothingIsZero) {
  check_op(
      {.op = sum_to_like, .inputs = {floats({}, {0, 2}), floats({0, 0}, {2})}, .expect = {0, 0}});
}

TEST(SumToLike, SumsRowsThatOnlyTheDataCount) {
  // Rows of x w: the gradient of w sums over what the mask lets through.
  check_op({.op = [](const Tensor& x, const Tensor& mask,
                     const Tensor& w) { return boolean_mask(x, mask) * w; },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), bools({true, false, true}, {3}),
                       floats({2, 3}, {1, 2})},
            .expect = floats({2, 6, 10, 18}, {2, 2})});
}

TEST(SumTo, HasTheBitsOfReduceSum) {
  std::vector<float> numbers(5 * 37 * 19);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = std::sin(static_cast<float>(i * i));
  const Array x = floats(numbers, {5, 37, 19});
  const auto both = [](const Tensor& t) {
    return Tensors{sum_to_op({t}, {Shape{37, 1}}),
                   reduce_sum(reduce_sum(t, {0, 2}, {.keep_dims = true}), 0),
                   sum_to_op({t}, {Shape{1, 37, 19}}), reduce_sum(t, 0, {.keep_dims = true})};
  };
  const std::vector<Array> got = run_op(both, {x});
  EXPECT_TRUE(got[0].same_bits(got[1]));
  EXPECT_TRUE(got[2].same_bits(got[3]));
}

TEST(SummedAxes, AreThoseThatWereAddedOrStretched) {
  using List = std::vector<int64_t>;
  EXPECT_EQ(summed_axes({2, 3, 4}, {3, 1}), (List{0, 2}));
  EXPECT_EQ(summed_axes({2, 3, 4}, {2, 3, 4}), List{});
  EXPECT_EQ(summed_axes({2, 3}, {}), (List{0, 1}));
  // An axis of 1 that stays 1 is summed only if it was added.
  EXPECT_EQ(summed_axes({1, 1}, {1}), List{0});
}

TEST(SumToLike, RefusesAShapeThatDoesNotBroadcast) {
  const auto refuse = [](const Shape& from, const Shape& to, const char* text) {
    expect_error([&] { sum_to_like(placeholder(kFloat32, from), placeholder(kFloat32, to)); },
                 text);
  };
  refuse({2, 3}, {2, 2},
         "[sum_to_like] a gradient of shape [2, 3] belongs to a value of shape [2, 2]");
  refuse({3}, {1, 3}, "a gradient of shape [3] belongs to a value of shape [1, 3]");
  expect_error(
      [] {
        sum_to_op({placeholder(kFloat32, {2, 3})}, {Shape{2, 2}});
      },
      "a gradient needs the shape of its value or one that it broadcasts to");
}

}  // namespace sum_to_test
}  // namespace reckon::ops
