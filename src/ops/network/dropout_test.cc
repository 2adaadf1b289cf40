// SPDX-License-Identifier: Apache-2.0
// Dropout: its share and its mean, one mask for value and gradients, seeds, steps, errors.
#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "ops/define.h"

namespace reckon {
namespace dropout_test {

using namespace testing;

Array ones(int64_t count) {
  return Array::from(std::vector<float>(static_cast<size_t>(count), 1.0f), {count});
}

OpUnderTest dropped(nn::DropoutOptions options) {
  return [options](const Tensor& x) { return nn::dropout(x, options); };
}

int64_t count_zeros(const Array& x) {
  const auto data = x.data<float>();
  return std::count(data.begin(), data.end(), 0.0f);
}

TEST(Dropout, ZeroesAShareAndScalesTheRest) {
  constexpr int64_t kMany = 100000;
  for (const double rate : {0.2, 0.75}) {
    const Array y = run_op(dropped({.rate = rate}), {ones(kMany)})[0];
    const auto kept = static_cast<float>(1 / (1 - rate));
    for (float value : y.data<float>()) EXPECT_TRUE(value == 0 || value == kept) << value;
    EXPECT_NEAR(static_cast<double>(count_zeros(y)) / kMany, rate, 0.005);
  }
}

TEST(Dropout, OfRateZeroIsItsInput) {
  check_op({.op = dropped({.rate = 0}),
            .inputs = {{1, -2, 3}},
            .expect = {1, -2, 3},
            .has_second_gradient = true});
  check_op(
      {.op = dropped({.rate = 0.5}), .inputs = {floats({}, {0, 3})}, .expect = floats({}, {0, 3})});
}

/// Dropout of rate 1/2 whose mask stays: each run of a session is a step with a mask of its own.
Tensor masked(const Tensor& x) {
  const Tensor drawn = nn::dropout(x, {.rate = 0.5});
  const graph::Node& node = drawn.function()->node(drawn.id());
  return ops::apply(*ops::definition(node), node.options,
                    {x, Array::scalar<int64_t>(7), Array::scalar<int64_t>(3)}, {})[0];
}

TEST(Dropout, HasTheGradientOfItsMask) {
  const Array x = floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 4});
  const Array y = run_op(masked, {x})[0];
  ASSERT_GT(count_zeros(y), 0);
  ASSERT_LT(count_zeros(y), 8);
  check_op({.op = masked, .inputs = {x}, .expect = y, .has_second_gradient = true});
  check_op({.op = [](const Tensor& t) { return masked(square(t)); },
            .inputs = {x},
            .expect = run_op(masked, {floats({1, 4, 9, 16, 25, 36, 49, 64}, {2, 4})})[0],
            .has_second_gradient = true});
}

TEST(Dropout, DrawsAnotherMaskInEachStep) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor y = nn::dropout(ones(200), {.seed = 3});
  Session session(graph);
  const Array first = session.run({.fetches = {y}})[0], second = session.run({.fetches = {y}})[0];
  EXPECT_FALSE(first.same_bits(second));
}

TEST(Dropout, MakesTheSameMaskInTheGradient) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 50});
  const Tensor y = nn::dropout(x, {.rate = 0.5});
  const Tensor slope = gradients(y, {x})[0];
  const std::vector<Array> values =
      Session(graph).run({.fetches = {y, slope}, .feeds = {{x, ones(1000).reshaped({20, 50})}}});
  EXPECT_TRUE(values[0].same_bits(values[1]));
}

TEST(Dropout, DrawsAnotherMaskForEachCallAndRun) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor x = Operand(ones(200)).resolve(), first = nn::dropout(x), second = nn::dropout(x);
  const auto run = [&](uint64_t seed) {
    return Session(graph, {.random_seed = seed}).run({.fetches = {first, second}});
  };
  const std::vector<Array> a = run(1), b = run(1), c = run(2);
  EXPECT_FALSE(a[0].same_bits(a[1]));
  EXPECT_TRUE(a[0].same_bits(b[0]));
  EXPECT_FALSE(a[0].same_bits(c[0]));
}

TEST(Dropout, MaskDoesNotDependOnTheShape) {
  // The mask is a function of the flat element.
  const auto op = dropped({.rate = 0.5, .seed = 9});
  const Array flat = run_op(op, {ones(60)})[0], table = run_op(op, {ones(60).reshaped({5, 12})})[0];
  EXPECT_TRUE(flat.same_bits(table.reshaped({60})));
}

TEST(Dropout, TakesTheRowsThatAreThere) {
  const auto op = [](const Tensor& x, const Tensor& mask) {
    return nn::dropout(boolean_mask(x, mask), {.rate = 0.5, .seed = 9});
  };
  const Array got =
      run_op(op, {floats({1, 1, 1, 1}, {4}), bools({true, false, true, true}, {4})})[0];
  EXPECT_TRUE(got.same_bits(run_op(dropped({.rate = 0.5, .seed = 9}), {ones(3)})[0]));
}

TEST(Dropout, RefusesARateOutside) {
  expect_error([] { nn::dropout(placeholder(kFloat32, {2}), {.rate = 1}); },
               "[dropout] rate is 1, expected a number in [0, 1); it is the share that becomes 0");
  expect_error([] { nn::dropout(placeholder(kFloat32, {2}), {.rate = -0.1}); },
               "[dropout] rate is -0.1");
  expect_error([] { nn::dropout(placeholder(kInt32, {2})); },
               "[dropout] x is int32[2], expected float32 or float64");
}

}  // namespace dropout_test
}  // namespace reckon
