// SPDX-License-Identifier: Apache-2.0
// What every reduction shares: axes as the user writes them, the shape of the result, kept axes.
#include "ops/reduce/reduction.h"

#include <gtest/gtest.h>

#include "check_op.h"

namespace reckon {
namespace reduction_test {

using namespace testing;

const Array kReducedTable = floats({1, 5, 2, -4, 3, 0.5f}, {2, 3});

/// The axes of a placeholder of `shape` that `axes` names.
std::vector<int64_t> resolved(const Shape& shape, const Axes& axes) {
  Graph graph;
  const GraphScope scope(graph);
  return ops::resolve_axes("test", placeholder(kFloat32, shape), axes, {});
}

TEST(ResolveAxes, AreAscendingAndNotNegative) {
  EXPECT_EQ(resolved({2, 3, 4}, {2, -3}), (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(resolved({2, 3, 4}, {}), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(resolved({2, 3, 4}, Axes::none()), (std::vector<int64_t>{}));
  EXPECT_EQ(resolved({}, {}), (std::vector<int64_t>{}));
}

TEST(ResolveAxes, RefuseAxesThatDoNotExist) {
  expect_error([] { reduce_sum(kReducedTable, {2}); },
               "[reduce_sum] there is no axis 2 in x, float32[2, 3]; axes of it are in [-2, 2)");
  expect_error([] { reduce_sum(kReducedTable, {-3}); }, "[reduce_sum] there is no axis -3 in x");
  expect_error([] { reduce_sum(floats({1}, {}), 0); },
               "[reduce_sum] there is no axis 0 in x, float32[]; axes of it are in [0, 0)");
}

TEST(ResolveAxes, RefuseAnAxisTwice) {
  expect_error(
      [] {
        reduce_max(kReducedTable, {1, -1});
      },
      "[reduce_max] axis -1 of x, float32[2, 3], is listed twice; list each axis once");
}

TEST(ResolveAxes, NameTheLineOfTheCall) {
  expect_error([] { reduce_sum(kReducedTable, {2}); }, "_test.cc:" + std::to_string(__LINE__));
}

TEST(InferReduction, LeavesTheOtherAxesKnownOrNot) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat64, {kUnknown, 3, 4});
  EXPECT_EQ(reduce_sum(x, 1).text(), "float64[?, 4]");
  EXPECT_EQ(reduce_sum(x, {0, -1}).text(), "float64[3]");
  EXPECT_EQ(reduce_sum(x, 0, {.keep_dims = true}).text(), "float64[1, 3, 4]");
  EXPECT_EQ(reduce_sum(x).text(), "float64[]");
}

TEST(Reduce, OverNoAxisGivesItsInputAndStillChecksTheDtype) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  EXPECT_EQ(reduce_max(x, Axes::none()).id(), x.id());
  expect_error([] { reduce_max(bools({true}, {1}), Axes::none()); }, "[reduce_max] x is bool[1]");
}

TEST(WithReducedAxes, PutsThemBackAsOnes) {
  const auto put_back = [](const Tensor& x) {
    const ops::ReduceOptions options{.axes = {0, 2}, .keep_dims = false};
    return ops::with_reduced_axes(reduce_sum(x, options.axes), x, options);
  };
  check_op({.op = put_back,
            .inputs = {floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2})},
            .expect = floats({14, 22}, {1, 2, 1})});
}

}  // namespace reduction_test
}  // namespace reckon
