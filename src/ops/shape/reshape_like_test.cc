// SPDX-License-Identifier: Apache-2.0
// Elements in the shape of another tensor: known, unknown, of a size that only the data know.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace reshape_like_test {

using namespace testing;

TEST(ReshapeLike, KeepsElementsInOrder) {
  check_op({.op = reshape_like,
            .inputs = {{1, 2, 3, 4}, floats({0, 0, 0, 0}, {2, 2})},
            .expect = floats({1, 2, 3, 4}, {2, 2}),
            .has_second_gradient = true});
  check_op({.op = reshape_like,
            .inputs = {floats({5}, {1, 1}), floats({0}, {})},
            .expect = floats({5}, {})});
  check_op({.op = reshape_like,
            .inputs = {floats({}, {0, 2}), floats({}, {3, 0})},
            .expect = floats({}, {3, 0})});
}

TEST(ReshapeLike, TakesTheShapeFromAnyDtype) {
  check_op({.op = reshape_like,
            .inputs = {{1, 2}, bools({true, false}, {2, 1})},
            .expect = floats({1, 2}, {2, 1})});
  check_op({.op = reshape_like,
            .inputs = {ints({1, 2}, {2}), Array::strings({"a", "b"}, {1, 2})},
            .expect = ints({1, 2}, {1, 2})});
}

TEST(ReshapeLike, FollowsASizeThatOnlyTheDataKnows) {
  const auto column = [](const Tensor& x, const Tensor& mask) {
    const Tensor rows = boolean_mask(x, mask);
    return reshape_like(square(rows), expand_dims(rows, 1));
  };
  check_op({.op = column,
            .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
            .expect = floats({1, 9}, {2, 1})});
}

TEST(ReshapeLike, IsItsInputWhereShapesAreKnownToBeEqual) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2, 3}), like = placeholder(kInt32, {2, 3});
  EXPECT_EQ(reshape_like(x, like).id(), x.id());
  const Tensor unknown = placeholder(kFloat32, {kUnknown, 3});
  EXPECT_NE(reshape_like(unknown, unknown).id(), unknown.id());
}

TEST(ReshapeLike, RefusesAnotherNumberOfElements) {
  expect_error(
      [] {
        reshape_like(placeholder(kFloat32, {3}), placeholder(kFloat32, {2, 2}));
      },
      "[reshape_like] x of shape [3] has another number of elements than [2, 2]");
}

TEST(ReshapeTo, HasItsShapeAndNoInputButX) {
  check_op({.op =
                [](const Tensor& x) {
                  return reshape_to_op({x}, {Shape{2, 2}});
                },
            .inputs = {{1, 2, 3, 4}},
            .expect = floats({1, 2, 3, 4}, {2, 2}),
            .has_gradient = false});
}

}  // namespace reshape_like_test
}  // namespace reckon::ops
