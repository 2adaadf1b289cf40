// SPDX-License-Identifier: Apache-2.0
// The gradient of a gather: rows until something asks for the table, repeated ids, every axis.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"
#include "ops/rows/gather.h"

namespace reckon {
namespace gather_gradient_test {

using namespace testing;

OpUnderTest scattered(GatherOptions options = {}) {
  return [options](const Tensor& grad, const Tensor& ids, const Tensor& like) {
    return ops::gather_gradient(grad, ids, like, options);
  };
}

Array zeros_of(const Shape& shape) { return Array::zeros(kFloat32, shape); }

TEST(GatherGradient, AddsRowsAtTheirIds) {
  check_op({.op = scattered(),
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), ints({3, 0, 3}, {3}), zeros_of({4, 2})},
            .expect = floats({3, 4, 0, 0, 0, 0, 6, 8}, {4, 2}),
            .has_second_gradient = true});
  check_op({.op = scattered(),
            .inputs = {floats({1, 2}, {2}), longs({1}, {}), zeros_of({2, 2})},
            .expect = floats({0, 0, 1, 2}, {2, 2})});
}

TEST(GatherGradient, OfNoIdsIsZero) {
  check_op({.op = scattered(),
            .inputs = {floats({}, {0, 2}), ints({}, {0}), zeros_of({2, 2})},
            .expect = floats({0, 0, 0, 0}, {2, 2})});
}

TEST(GatherGradient, WalksOtherAxesAndBatches) {
  check_op({.op = scattered({.axis = 1}),
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), ints({2, 2}, {2}), zeros_of({2, 3})},
            .expect = floats({0, 0, 3, 0, 0, 7}, {2, 3}),
            .has_second_gradient = true});
  check_op({.op = scattered({.axis = 1, .batch_dims = 1}),
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), ints({0, 2, 1, 1}, {2, 2}), zeros_of({2, 3})},
            .expect = floats({1, 0, 2, 0, 7, 0}, {2, 3})});
}

TEST(GatherGradient, AddsRepeatedIdsInTheOrderOfTheirPositions) {
  // In another order the sum of these would round to another number.
  const Array grad = floats({1e8f, 1, -1e8f, 1}, {4, 1});
  const Array got = run_op(scattered(), {grad, ints({0, 0, 0, 0}, {4}), zeros_of({1, 1})})[0];
  EXPECT_EQ(got.at<float>(0), ((1e8f + 1) + -1e8f) + 1);
}

TEST(GatherGradient, OfWideRowsEqualsAPlainSum) {
  // More columns than one part of the work, more elements than one thread takes.
  constexpr int64_t kRows = 50, kWidth = 203, kIds = 400;
  std::vector<float> grad(kIds * kWidth), want(kRows * kWidth, 0.0f);
  std::vector<int32_t> ids(kIds);
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i * i % 37);
  for (size_t i = 0; i < grad.size(); ++i) {
    grad[i] = static_cast<float>(i % 101) - 50;
    want[static_cast<size_t>(ids[i / kWidth]) * kWidth + i % kWidth] += grad[i];
  }
  const Array got = run_op(
      scattered(), {floats(grad, {kIds, kWidth}), ints(ids, {kIds}), zeros_of({kRows, kWidth})})[0];
  EXPECT_TRUE(got.same_bits(floats(want, {kRows, kWidth})));
}

TEST(GatherGradient, NamesAnIdThatIsOutside) {
  base::expect_error(
      [] {
        run_op(scattered(), {floats({1, 2}, {2, 1}), ints({0, 5}, {2}), zeros_of({3, 1})});
      },
      "index 5 is not in [0, 3)");
}

TEST(GatherGradient, OfTheRowsThatAreThere) {
  const auto loss = [](const Tensor& table, const Tensor& mask) {
    return reduce_sum(square(gather(table, boolean_mask(ints({0, 1, 0}, {3}), mask))));
  };
  check_op({.op = loss,
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), bools({true, false, true}, {3})},
            .expect = floats({10}, {}),
            .has_second_gradient = true});
}

TEST(GatherGradient, OfATableWhoseSizeOnlyTheDataKnow) {
  const Array x = floats({1, 2, 3, 4, 5, 6}, {2, 3}), mask = bools({true, false, true}, {3});
  check_op({.op =
                [](const Tensor& t, const Tensor& m) {
                  return gather(boolean_mask(t, m, 1), ints({1, 1}, {2}), {.axis = 1});
                },
            .inputs = {x, mask},
            .expect = floats({3, 3, 6, 6}, {2, 2})});
  check_op({.op =
                [](const Tensor& t, const Tensor& m) {
                  return gather(boolean_mask(transpose(t), m), ints({1, 1}, {2}));
                },
            .inputs = {x, mask},
            .expect = floats({3, 6, 3, 6}, {2, 2}),
            .has_second_gradient = true});
}

TEST(RowGradient, IsRecognisedForRowsOnly) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor table = placeholder(kFloat32, {100, 4}), ids = placeholder(kInt32, {kUnknown, 2});
  const Tensor rows = gradients(reduce_sum(gather(table, ids)), {table})[0];
  const ops::RowGradient found = ops::row_gradient(rows);
  ASSERT_TRUE(found.valid());
  EXPECT_EQ(found.ids.text(), "int32[?]");
  EXPECT_EQ(found.rows.text(), "float32[?, 4]");
  const Tensor columns =
      gradients(reduce_sum(gather(table, placeholder(kInt32, {3}), {.axis = 1})), {table})[0];
  EXPECT_FALSE(ops::row_gradient(columns).valid());
  EXPECT_FALSE(ops::row_gradient(table).valid());
}

TEST(RowGradient, CountsItsAxisFromEitherEnd) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor table = placeholder(kFloat32, {100, 4}), ids = placeholder(kInt32, {3});
  const Tensor grad = placeholder(kFloat32, {3, 4});
  EXPECT_TRUE(ops::row_gradient(ops::gather_gradient(grad, ids, table, {.axis = -2})).valid());
}

TEST(RowGradient, OfSeveralGathersStaysRows) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor table = placeholder(kFloat32, {100, 4}), ids = placeholder(kInt32, {kUnknown});
  const Tensor loss = reduce_sum(gather(table, ids)) + reduce_sum(square(gather(table, ids)));
  EXPECT_TRUE(ops::row_gradient(gradients(loss, {table})[0]).valid());
}

TEST(TableOf, GivesBackTheRowsItWasMadeOf) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor table = placeholder(kFloat32, {5, 2});
  const ops::RowGradient rows = {placeholder(kInt64, {3}), placeholder(kFloat32, {3, 2})};
  const Tensor dense = ops::table_of(rows, table);
  EXPECT_EQ(dense.text(), "float32[5, 2]");
  EXPECT_EQ(ops::row_gradient(dense).ids.id(), rows.ids.id());
  EXPECT_EQ(ops::row_gradient(dense).rows.id(), rows.rows.id());
}

}  // namespace gather_gradient_test
}  // namespace reckon
