// SPDX-License-Identifier: Apache-2.0
// Flatten as a layer: the batch stays, the rest becomes one dimension.
#include <reckon/graph.h>
#include <reckon/layers.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"

namespace reckon::nn {
namespace flatten_test {

TEST(Flatten, KeepsTheBatch) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(layers::flatten(placeholder(kFloat32, {kUnknown, 28, 28, 1})).shape(),
            (Shape{kUnknown, 784}));
}

TEST(Flatten, KeepsTheElementsInTheirOrder) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kInt32, {kUnknown, 2, 2});
  const Array fed = Array::from<int32_t>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});
  EXPECT_TRUE(evaluate_now(layers::flatten(x), {{x, fed}})
                  .same_bits(Array::from<int32_t>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 4})));
}

TEST(Flatten, AColumnOfOneIsMadeOfABatchOfScalars) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(layers::flatten(placeholder(kFloat32, {kUnknown})).shape(), (Shape{kUnknown, 1}));
  EXPECT_EQ(layers::flatten(placeholder(kFloat32, {3, 4})).shape(), (Shape{3, 4}));
}

TEST(Flatten, AnEmptyBatchStaysEmpty) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 2, 3});
  const Tensor y = layers::flatten(x);
  EXPECT_EQ(evaluate_now(y, {{x, Array::zeros(kFloat32, {0, 2, 3})}}).shape(), (Shape{0, 6}));
}

TEST(Flatten, NodesNameTheUsersLine) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2, 3, 4});
  const int line = __LINE__ + 1;
  EXPECT_EQ(layers::flatten(x).place().line, line);
}

}  // namespace flatten_test
}  // namespace reckon::nn
