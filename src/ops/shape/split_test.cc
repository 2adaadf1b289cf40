// SPDX-License-Identifier: Apache-2.0
// Split and unstack: equal and given sizes, pieces nobody uses, strings, unknown extents, errors.
#include <limits>

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace split_test {

using namespace testing;

OpUnderTest cut(std::vector<int64_t> sizes, int axis = 0) {
  return [=](const Tensor& x) { return split(x, sizes, axis); };
}

TEST(Split, CutsEqualPieces) {
  check_op({.op = [](const Tensor& x) { return split(x, 2, 1); },
            .inputs = {floats({1, 2, 3, 4}, {2, 2})},
            .expect = {floats({1, 3}, {2, 1}), floats({2, 4}, {2, 1})},
            .has_second_gradient = true});
  check_op({.op = [](const Tensor& x) { return split(x, 3, -2); },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {1, 3, 2})},
            .expect = {floats({1, 2}, {1, 1, 2}), floats({3, 4}, {1, 1, 2}),
                       floats({5, 6}, {1, 1, 2})}});
  check_op(
      {.op = [](const Tensor& x) { return split(x, 1); }, .inputs = {{1, 2}}, .expect = {1, 2}});
}

TEST(Split, CutsGivenSizes) {
  check_op({.op = cut({2, -1, 1}), .inputs = {{1, 2, 3, 4}}, .expect = {{1, 2}, {3}, {4}}});
  check_op({.op = cut({0, 3, -1}),
            .inputs = {{1, 2, 3}},
            .expect = {floats({}, {0}), {1, 2, 3}, floats({}, {0})}});
  check_op({.op = cut({1, 2}, -1),
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {2, 3})},
            .expect = {floats({1, 4}, {2, 1}), floats({2, 3, 5, 6}, {2, 2})},
            .has_second_gradient = true});
}

TEST(Split, APieceThatNothingUsesHasGradientZero) {
  const auto slope = [](const Tensor& x) {
    return gradients(square(split(x, {1, 2, 1})[1]), {x})[0];
  };
  check_op({.op = slope, .inputs = {{1, 2, 3, 4}}, .expect = {0, 4, 6, 0}});
}

TEST(Split, MovesStrings) {
  const std::vector<Array> got = run_op(cut({1, -1}), {Array::strings({"a", "bc", "d"}, {3})});
  EXPECT_TRUE(got[0].same_bits(Array::strings({"a"}, {1})));
  EXPECT_TRUE(got[1].same_bits(Array::strings({"bc", "d"}, {2})));
}

TEST(Split, LeavesAnUnknownSizeToTheLastPiece) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 2});
  EXPECT_EQ(split(x, {2, -1})[0].text(), "float32[2, 2]");
  EXPECT_EQ(split(x, {2, -1})[1].text(), "float32[?, 2]");
  EXPECT_EQ(split(x, 2)[0].text(), "float32[?, 2]");
  EXPECT_EQ(split(x, 2, 1)[1].text(), "float32[?, 1]");
}

TEST(Split, AlongAnotherAxisKeepsASizeThatOnlyTheDataKnows) {
  check_op(
      {.op = [](const Tensor& x, const Tensor& mask) { return split(boolean_mask(x, mask), 2, 1); },
       .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), bools({true, false, true}, {3})},
       .expect = {floats({1, 5}, {2, 1}), floats({2, 6}, {2, 1})}});
  const auto rows = [](const Tensor& x, const Tensor& mask) {
    return split(boolean_mask(x, mask), 2);
  };
  base::expect_error(
      [&] {
        run_op(rows, {floats({1, 2}, {2}), bools({true, true}, {2})});
      },
      "has a size that only the data knows; split another axis");
}

TEST(Split, KeepsColumnsThatOnlyTheDataCount) {
  check_op(
      {.op = [](const Tensor& x, const Tensor& mask) { return split(boolean_mask(x, mask, 1), 2); },
       .inputs = {floats({1, 2, 3, 4, 5, 6}, {2, 3}), bools({true, false, true}, {3})},
       .expect = {floats({1, 3}, {1, 2}), floats({4, 6}, {1, 2})},
       .has_second_gradient = true});
}

TEST(Split, RefusesSizesThatDoNotAddUp) {
  const auto refuse = [](std::vector<int64_t> sizes, const char* text) {
    expect_error([&] { split(placeholder(kFloat32, {5}), sizes); }, text);
  };
  refuse({2, 2}, "[split] the sizes [2, 2] do not add up to axis 0 of float32[5]");
  refuse({4, 2, -1}, "[split] the sizes [4, 2, -1] do not add up to axis 0 of float32[5]");
  refuse({-1, -1}, "expected extents with at most one -1");
  refuse({-2, 7}, "expected extents with at most one -1");
  refuse({}, "[split] came without sizes; pass one for each piece");
  expect_error([] { split(placeholder(kFloat32, {5}), 2); },
               "[split] axis 0 of float32[5] does not divide into 2");
  expect_error([] { split(placeholder(kFloat32, {5}), 0); },
               "[split] count is 0, expected 1 or more");
  expect_error([] { split(placeholder(kFloat32, {5}), 5, 1); }, "[split] axis is 1 but x is");
  expect_error([] { split(placeholder(kFloat32, {}), 1); }, "[split] axis is 0 but x is float32[]");
}

TEST(Split, RefusesSizesWhoseSumIsNoExtent) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  const auto refuse = [](const Shape& shape, std::vector<int64_t> sizes) {
    expect_error([&] { split(placeholder(kFloat32, shape), sizes); },
                 "] do not add up to axis 0 of float32[");
  };
  refuse({2}, {most, most, 4});  // a sum that wraps is 2
  refuse({2}, {most, most, 3, -1});
  refuse({2}, {-1, most, most, 4});
  refuse({kUnknown}, {most, 1});
  refuse({most}, {most, -1, 1});
}

TEST(Split, RefusesMorePiecesThanAGraphHolds) {
  expect_error([] { split(placeholder(kFloat32, {int64_t{1} << 40}), int64_t{1} << 40); },
               "[split] count is 1099511627776, expected at most 65536 pieces; reshape x and work "
               "on an axis. At split_test.cc:");
  expect_error([] { split(placeholder(kFloat32, {kUnknown}), 65537); }, "[split] count is 65537");
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(split(placeholder(kFloat32, {65536}), 65536).size(), 65536u);
}

TEST(Unstack, GivesOneTensorForEachIndex) {
  // check_op feeds unknown shapes too, but the number of results must be known.
  check_op({.op =
                [](const Tensor& x) {
                  return unstack(reshape(x, {2, 2}), 1);
                },
            .inputs = {floats({1, 2, 3, 4}, {2, 2})},
            .expect = {{1, 3}, {2, 4}},
            .has_second_gradient = true});
  const auto restacked = [](const Tensor& x) {
    const Tensors columns = unstack(reshape(x, {2, 3}), -1);
    return stack(Operands(columns.begin(), columns.end()), -1);
  };
  check_op({.op = restacked,
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {2, 3})},
            .expect = floats({1, 2, 3, 4, 5, 6}, {2, 3})});
}

TEST(Unstack, OfNothingGivesNothing) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_TRUE(unstack(placeholder(kFloat32, {0, 3})).empty());
  EXPECT_EQ(unstack(placeholder(kFloat32, {3, 0})).size(), 3u);
}

TEST(Unstack, RefusesUnknownExtents) {
  expect_error([] { unstack(placeholder(kFloat32, {})); }, "[unstack] axis is 0");
  expect_error(
      [] {
        unstack(placeholder(kFloat32, {kUnknown, 2}));
      },
      "[unstack] axis 0 of float32[?, 2] has an unknown extent");
  expect_error(
      [] {
        unstack(placeholder(kFloat32, {2, int64_t{1} << 40}), -1);
      },
      "[unstack] axis -1 of float32[2, 1099511627776] gives more than 65536 results; use "
      "gather or slice. At split_test.cc:");
}

}  // namespace split_test
}  // namespace reckon
