// SPDX-License-Identifier: Apache-2.0
// What gradients are made of: sums that stay rows, values of another tensor's shape.
#include "ops/gradient_support.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon::ops {
namespace gradient_support_test {

using namespace testing;

TEST(SumOfGradients, OfRowsStaysRows) {
  const auto grads = run_op(
      [](const Tensor& table) {
        const Tensor a = gather(table, ints({1, 3}, {2})), b = gather(table, longs({3}, {1}));
        const Tensor grad = gradients(reduce_sum(square(a)) + reduce_sum(b), {table})[0];
        // The ids of one part are int32: the list of both must be the wider one.
        EXPECT_EQ(row_gradient(grad).ids.text(), "int64[3]");
        EXPECT_EQ(row_gradient(grad).rows.text(), "float32[3, 2]");
        return grad;
      },
      {floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {5, 2})});
  expect_near(grads[0], floats({0, 0, 6, 8, 0, 0, 15, 17, 0, 0}, {5, 2}), 0, "gradient");
}

TEST(SumOfGradients, OfRowsHasTheLineOfTheFirstGather) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor table = placeholder(kFloat32, {3, 1});
  const int line = __LINE__ + 1;
  const Tensor a = gather(table, ints({1}, {1})), b = gather(table, ints({2}, {1}));
  const Tensor grad = gradients(reduce_sum(square(a)) + reduce_sum(b), {table})[0];
  EXPECT_EQ(row_gradient(grad).rows.shape()[0], 2) << "the rows of both";
  EXPECT_EQ(row_gradient(grad).place.line, line);
}

TEST(SumOfGradients, OfRowsAndOthersIsDense) {
  const auto grads = run_op(
      [](const Tensor& table) {
        const Tensor rows = gather(table, ints({1}, {1}));
        const Tensor grad = gradients(reduce_sum(rows) + reduce_sum(table), {table})[0];
        EXPECT_FALSE(row_gradient(grad).valid());
        return grad;
      },
      {floats({0, 0}, {2, 1})});
  expect_near(grads[0], floats({1, 2}, {2, 1}), 0, "gradient");
}

TEST(SumOfGradients, OfOnePartIsThatPart) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  EXPECT_EQ(sum_of_gradients({x}).text(), "float32[2]");
}

TEST(SumOfGradients, HasASecondGradientThroughRows) {
  check_op({.op =
                [](const Tensor& table) {
                  const Tensor a = gather(table, ints({1, 1}, {2})), b = gather(table, 0);
                  return reduce_sum(a * a * a) + reduce_sum(square(b));
                },
            .inputs = {{2, 3, 4}},
            .expect = floats({58}, {}),
            .has_second_gradient = true});
}

TEST(ZerosOf, AndOnesHaveTheShapeAndDtype) {
  check_op({.op = zeros_of, .inputs = {floats({1, 2}, {2, 1})}, .expect = floats({0, 0}, {2, 1})});
  check_op({.op = ones_of, .inputs = {ints({5, 6}, {2})}, .expect = ints({1, 1}, {2})});
  check_op({.op = ones_of, .inputs = {bools({false}, {1})}, .expect = bools({true}, {1})});
  check_op({.op = ones_of,
            .inputs = {Array::from<uint8_t>({9}, {1})},
            .expect = Array::from<uint8_t>({1}, {1})});
  check_op({.op = zeros_of, .inputs = {floats({}, {0, 3})}, .expect = floats({}, {0, 3})});
}

TEST(ZerosOf, FollowASizeThatOnlyTheDataKnows) {
  check_op(
      {.op = [](const Tensor& x, const Tensor& mask) { return ones_of(boolean_mask(x, mask)); },
       .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
       .expect = {1, 1}});
}

TEST(SumToLike, AndItsSiblingsAreTheirInputWhereShapesAreEqual) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2, 3}), like = placeholder(kInt32, {2, 3});
  EXPECT_EQ(sum_to_like(x, like).id(), x.id());
  EXPECT_EQ(broadcast_like(x, like).id(), x.id());
  // Equal but unknown extents may differ in a batch: a node must stay.
  const Tensor a = placeholder(kFloat32, {kUnknown}), b = placeholder(kFloat32, {kUnknown});
  EXPECT_NE(sum_to_like(a, b).id(), a.id());
  EXPECT_NE(broadcast_like(a, b).id(), a.id());
}

}  // namespace gradient_support_test
}  // namespace reckon::ops
