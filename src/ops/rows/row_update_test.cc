// SPDX-License-Identifier: Apache-2.0
#include "ops/rows/row_update.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace row_update_test {

using namespace testing;

/// Adagrad: accumulator += g^2, row -= rate * g / sqrt(accumulator).
Tensors adagrad_rule(const Tensor& row, const Tensor& grad, const Tensors& slots,
                     const Tensors& scalars) {
  const Tensor total = slots[0] + square(grad);
  return {row - scalars[0] * grad * rsqrt(total), total};
}

Tensors update(const Tensors& x) {
  return ops::row_update(x[0], {x[1]}, {x[2], x[3]}, {x[4]}, adagrad_rule);
}

/// The same on a dense gradient, where rows without gradient stay by themselves.
Tensors dense_update(const Tensors& x) {
  const Tensor grad = gradients(gather(x[0], x[2]), {x[0]}, x[3])[0] + zeros_like(x[0]);
  return adagrad_rule(x[0], grad, {x[1]}, {x[4]});
}

TEST(RowUpdate, SumsRepeatedRowsAndLeavesOthers) {
  const std::vector<Array> inputs = {floats({1, 1, 2, 2, 3, 3}, {3, 2}),
                                     floats({1, 1, 1, 1, 1, 1}, {3, 2}), ints({2, 0, 2}, {3}),
                                     floats({1, 2, 0, 4, 3, 0}, {3, 2}), floats({0.5f}, {})};
  const std::vector<Array> got = run_op(update, inputs), want = run_op(dense_update, inputs);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_TRUE(got[0].same_bits(want[0])) << got[0].values_text() << want[0].values_text();
  EXPECT_TRUE(got[1].same_bits(floats({1, 17, 1, 1, 17, 5}, {3, 2}))) << got[1].values_text();
}

TEST(RowUpdate, EqualsTheDenseUpdateOnManyRows) {
  constexpr int64_t kRows = 500, kWidth = 24, kIds = 3000;
  std::vector<float> table, rows;
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < kRows * kWidth; ++i) table.push_back(static_cast<float>(i % 97) / 7);
  for (int64_t i = 0; i < kIds * kWidth; ++i) rows.push_back(static_cast<float>(i % 89) / 11 - 3);
  for (int64_t i = 0; i < kIds; ++i) ids.push_back(i * i % 347);
  const std::vector<Array> inputs = {
      floats(table, {kRows, kWidth}),
      floats(std::vector<float>(table.size(), 0.1f), {kRows, kWidth}), longs(ids, {kIds}),
      floats(rows, {kIds, kWidth}), floats({0.5f}, {})};
  const std::vector<Array> got = run_op(update, inputs), want = run_op(dense_update, inputs);
  for (int i = 0; i < 2; ++i) expect_near(got[i], want[i], 0, "table " + std::to_string(i));
}

TEST(RowUpdate, UpdatesAVariableStepByStep) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor table = variable("table", floats({1, 2, 3}, {3, 1}));
  const Tensor ids = placeholder(kInt32, {kUnknown});
  const ops::RowGradient grad =
      ops::row_gradient(gradients(reduce_sum(gather(table, ids)), {table})[0]);
  const Tensors updated = ops::row_update(
      table, {}, grad, {}, [](const Tensor& row, const Tensor& g, const Tensors&, const Tensors&) {
        return Tensors{row - g};
      });
  const Operation step = assign(table, updated[0]);
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {step}, .feeds = {{ids, ints({1}, {1})}}});
  session.run({.targets = {step}, .feeds = {{ids, ints({2, 1, 2}, {3})}}});
  EXPECT_TRUE(session.variable_value("table").same_bits(floats({1, 0, 1}, {3, 1})));
}

TEST(RowUpdate, NamesAnIdThatIsOutside) {
  const std::vector<Array> inputs = {floats({1}, {1, 1}), floats({1}, {1, 1}), ints({4}, {1}),
                                     floats({1}, {1, 1}), floats({1}, {})};
  base::expect_error([&] { run_op(update, inputs); }, "index 4 is not in [0, 1)");
}

TEST(RowUpdate, RefusesRowsOfAnotherWidth) {
  const auto make = [](const Shape& rows, const ops::RowRule& rule) {
    return [=] {
      ops::row_update(placeholder(kFloat32, {5, 2}), {},
                      {placeholder(kInt32, {3}), placeholder(kFloat32, rows)}, {}, rule);
    };
  };
  const ops::RowRule subtract_grad = [](const Tensor& row, const Tensor& g, const Tensors&,
                                        const Tensors&) { return Tensors{row - g}; };
  expect_error(make({3, 4}, subtract_grad),
               "[row_update] rows is float32[3, 4], the table float32[5, 2]");
}

}  // namespace row_update_test
}  // namespace reckon
