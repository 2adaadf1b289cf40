// SPDX-License-Identifier: Apache-2.0
// Transpose, concat, stack, split, unstack: ops that only move elements.
#include <gtest/gtest.h>

#include <reckon/array_ops.h>
#include <reckon/session.h>
#include "check_op.h"

namespace reckon {
namespace {

using namespace testing;

TEST(Transpose, ReversesAxesByDefault) {
  check_op({.op = [](const Tensor& x) { return transpose(x); },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {2, 3})},
            .expect = floats({1, 4, 2, 5, 3, 6}, {3, 2}),
            .has_second_gradient = true});
}

TEST(Transpose, FollowsAPermutation) {
  check_op({.op =
                [](const Tensor& x) {
                  return transpose(x, std::vector<int>{2, 0, -2});
                },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {1, 2, 3})},
            .expect = floats({1, 4, 2, 5, 3, 6}, {3, 1, 2})});
}

TEST(Transpose, RefusesWhatIsNoPermutation) {
  const auto refuse = [](std::vector<int> permutation) {
    expect_error(
        [&] {
          transpose(placeholder(kFloat32, {2, 3}), permutation);
        },
        "but x is float32[2, 3]; name each axis in [0, 2) once");
  };
  refuse({0});
  refuse({0, 0});
  refuse({0, 2});
}

TEST(Concat, JoinsAlongAnAxis) {
  const auto joined = [](int axis) {
    return [axis](const Tensor& a, const Tensor& b) { return concat({a, b}, axis); };
  };
  check_op({.op = joined(0),
            .inputs = {floats({1, 2}, {1, 2}), floats({3, 4, 5, 6}, {2, 2})},
            .expect = floats({1, 2, 3, 4, 5, 6}, {3, 2})});
  check_op({.op = joined(-1),
            .inputs = {floats({1, 2}, {2, 1}), floats({3, 4, 5, 6}, {2, 2})},
            .expect = floats({1, 3, 4, 2, 5, 6}, {2, 3}),
            .has_second_gradient = true});
}

TEST(Concat, JoinsStrings) {
  const auto joined = [](const Tensor& a, const Tensor& b) { return concat({a, b}, 0); };
  const Array got =
      run_op(joined, {Array::strings({"a"}, {1}), Array::strings({"b", "c"}, {2})})[0];
  EXPECT_TRUE(got.same_bits(Array::strings({"a", "b", "c"}, {3})));
}

TEST(Concat, AddsSizesThatOnlyTheDataKnow) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mask) {
                  return concat({boolean_mask(x, mask), x}, 0);
                },
            .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
            .expect = {1, 3, 1, 2, 3}});
}

TEST(Concat, RefusesPartsThatDoNotFit) {
  const auto refuse = [](const Shape& a, const Shape& b, int axis, const char* text) {
    expect_error([&] { concat({placeholder(kFloat32, a), placeholder(kFloat32, b)}, axis); }, text);
  };
  refuse({2, 3}, {3, 2}, 0, "[concat] a part is float32[3, 2] but the first is float32[2, 3]");
  refuse({2, 3}, {2}, 0, "[concat] a part is float32[2] but the first is float32[2, 3]");
  refuse({2, 3}, {2, 3}, 2, "[concat] axis is 2 but x is float32[2, 3]");
  refuse({}, {}, 0, "[concat] the parts are scalars; use stack");
  expect_error(
      [] {
        concat({placeholder(kFloat32, {2}), placeholder(kInt32, {2})}, 0);
      },
      "both need one dtype");
}

TEST(Stack, AddsAnAxis) {
  const auto stacked = [](int axis) {
    return [axis](const Tensor& a, const Tensor& b) { return stack({a, b}, axis); };
  };
  check_op({.op = stacked(0), .inputs = {{1, 2}, {3, 4}}, .expect = floats({1, 2, 3, 4}, {2, 2})});
  check_op({.op = stacked(-1), .inputs = {{1, 2}, {3, 4}}, .expect = floats({1, 3, 2, 4}, {2, 2})});
  expect_error(
      [] {
        stack({placeholder(kFloat32, {2}), placeholder(kFloat32, {3})});
      },
      "[stack] a part is float32[3] but the first is float32[2]");
  expect_error(
      [] {
        stack({placeholder(kFloat32, {2}), placeholder(kFloat32, {2})}, 3);
      },
      "[stack] axis is 3");
}

TEST(Split, CutsEqualPieces) {
  check_op({.op = [](const Tensor& x) { return split(x, 2, 1); },
            .inputs = {floats({1, 2, 3, 4}, {2, 2})},
            .expect = {floats({1, 3}, {2, 1}), floats({2, 4}, {2, 1})},
            .has_second_gradient = true});
}

TEST(Split, CutsGivenSizes) {
  check_op({.op =
                [](const Tensor& x) {
                  return split(x, std::vector<int64_t>{2, -1, 1});
                },
            .inputs = {{1, 2, 3, 4}},
            .expect = {{1, 2}, {3}, {4}}});
}

TEST(Split, RefusesSizesThatDoNotAddUp) {
  const auto refuse = [](std::vector<int64_t> sizes, const char* text) {
    expect_error([&] { split(placeholder(kFloat32, {5}), sizes); }, text);
  };
  refuse({2, 2}, "[split] the sizes [2, 2] do not add up to axis 0 of float32[5]");
  refuse({-1, -1}, "expected extents with at most one -1");
  expect_error([] { split(placeholder(kFloat32, {5}), 2); },
               "[split] axis 0 of float32[5] does not divide into 2");
  expect_error([] { split(placeholder(kFloat32, {5}), 0); },
               "[split] count is 0, expected 1 or more");
}

TEST(Unstack, GivesOneTensorForEachIndex) {
  const auto unstacked = [](const Tensor& x) { return unstack(x, 1); };
  const std::vector<Array> got = run_op(unstacked, {floats({1, 2, 3, 4}, {2, 2})});
  ASSERT_EQ(got.size(), 2u);
  EXPECT_TRUE(got[0].same_bits(floats({1, 3}, {2})));
  EXPECT_TRUE(got[1].same_bits(floats({2, 4}, {2})));
  expect_error([] { unstack(placeholder(kFloat32, {})); }, "[unstack] axis is 0");
  expect_error(
      [] {
        unstack(placeholder(kFloat32, {kUnknown, 2}));
      },
      "[unstack] axis 0 of float32[?, 2]");
}

TEST(Concat, RefusesRowCountsThatTurnOutUnequal) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {3, 2}, "x");
  const Tensor first = placeholder(kBool, {3}, "first"), second = placeholder(kBool, {3}, "second");
  const Tensor joined = concat({boolean_mask(x, first), boolean_mask(x, second)}, 1);
  const auto run = [&](const std::vector<bool>& a, const std::vector<bool>& b) {
    return evaluate_now(joined, {{x, Array::from<float>({1, 2, 3, 4, 5, 6}, {3, 2})},
                                 {first, Array::from<bool>(a, {3})},
                                 {second, Array::from<bool>(b, {3})}});
  };
  EXPECT_EQ(run({true, false, true}, {false, true, true}).num_elements(), 8);
  testing::expect_error([&] { run({true, false, false}, {true, true, true}); },
                        "operands have 1 and 3 rows in this batch");
}

}  // namespace
}  // namespace reckon
