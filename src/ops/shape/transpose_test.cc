// SPDX-License-Identifier: Apache-2.0
// Transpose: permutations, ranks, element sizes, sizes that only the data know, errors.
#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace transpose_test {

using namespace testing;

OpUnderTest transposed(std::vector<int> permutation) {
  return [permutation](const Tensor& x) { return transpose(x, permutation); };
}

const Array kTransposedTable = floats({1, 2, 3, 4, 5, 6}, {2, 3});

TEST(Transpose, ReversesAxesByDefault) {
  check_op({.op = [](const Tensor& x) { return transpose(x); },
            .inputs = {kTransposedTable},
            .expect = floats({1, 4, 2, 5, 3, 6}, {3, 2}),
            .has_second_gradient = true});
  check_op({.op = [](const Tensor& x) { return transpose(x); },
            .inputs = {floats({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 4})},
            .expect = floats({1, 5, 2, 6, 3, 7, 4, 8}, {4, 2, 1})});
}

TEST(Transpose, FollowsAPermutation) {
  const Array x = floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {2, 3, 2});
  check_op({.op = transposed({2, 0, -2}),
            .inputs = {x},
            .expect = floats({1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12}, {2, 2, 3})});
  // A permutation that is not its own inverse: the gradient needs the inverse.
  check_op({.op = transposed({1, 2, 0}),
            .inputs = {x},
            .expect = floats({1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12}, {3, 2, 2}),
            .has_second_gradient = true});
}

TEST(Transpose, LeavesScalarsVectorsAndEmptyTensors) {
  check_op({.op = transposed({}), .inputs = {floats({5}, {})}, .expect = floats({5}, {})});
  check_op({.op = transposed({0}), .inputs = {{1, 2}}, .expect = {1, 2}});
  check_op(
      {.op = transposed({1, 0}), .inputs = {floats({}, {0, 3})}, .expect = floats({}, {3, 0})});
}

TEST(Transpose, MovesElementsOfEverySize) {
  const auto swapped = transposed({1, 0});
  EXPECT_TRUE(run_op(swapped, {bools({true, false, false, false}, {2, 2})})[0].same_bits(
      bools({true, false, false, false}, {2, 2})));
  EXPECT_TRUE(run_op(swapped, {Array::from<int16_t>({1, 2, 3, 4}, {2, 2})})[0].same_bits(
      Array::from<int16_t>({1, 3, 2, 4}, {2, 2})));
  EXPECT_TRUE(run_op(swapped, {Array::strings({"a", "b", "c"}, {1, 3})})[0].same_bits(
      Array::strings({"a", "b", "c"}, {3, 1})));
}

TEST(Transpose, OfAMatrixLargerThanATileEqualsTheDefinition) {
  constexpr int64_t kRows = 131, kColumns = 77;
  std::vector<float> x(kRows * kColumns), want(kRows * kColumns);
  for (int64_t i = 0; i < kRows * kColumns; ++i) {
    x[i] = static_cast<float>(i);
    want[i % kColumns * kRows + i / kColumns] = static_cast<float>(i);
  }
  EXPECT_TRUE(run_op(transposed({1, 0}), {floats(x, {kRows, kColumns})})[0].same_bits(
      floats(want, {kColumns, kRows})));
}

TEST(Transpose, MovesASizeThatOnlyTheDataKnows) {
  check_op(
      {.op = [](const Tensor& x, const Tensor& mask) { return transpose(boolean_mask(x, mask)); },
       .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), bools({true, false, true}, {3})},
       .expect = floats({1, 5, 2, 6}, {2, 2}),
       .has_second_gradient = true});
}

TEST(Transpose, InfersWhatIsKnown) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(transpose(placeholder(kInt8, {kUnknown, 3, 4}), {{1, 2, 0}}).text(), "int8[3, 4, ?]");
}

TEST(Transpose, RefusesWhatIsNoPermutation) {
  const auto refuse = [](std::vector<int> permutation) {
    expect_error(
        [&] {
          transpose(placeholder(kFloat32, {2, 3}), permutation);
        },
        "but x is float32[2, 3]; name each axis in [0, 2) once");
  };
  refuse({});
  refuse({0});
  refuse({0, 0});
  refuse({0, 2});
  refuse({0, -3});
  expect_error(
      [] {
        transpose(kTransposedTable, {{0, -2}});
      },
      "[transpose] the permutation is [0, 0]");
}

}  // namespace transpose_test
}  // namespace reckon
