// SPDX-License-Identifier: Apache-2.0
// Variables are values within a step: what is read is the value before it, what is assigned the
// value after.
#include <gtest/gtest.h>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon::runtime {
namespace functional_variables_test {

using testing::floats;

class FunctionalVariables : public ::testing::Test {
 protected:
  /// Runs one step in a session of its own, and keeps the session.
  std::vector<Array> step(const Tensors& fetches, const std::vector<Operation>& targets,
                          const Feeds& feeds = {}) {
    session_ = std::make_unique<Session>(graph_);
    session_->initialize_variables();
    return session_->run({.fetches = fetches, .targets = targets, .feeds = feeds});
  }
  void expect_value(const std::string& name, const std::vector<float>& values) {
    const Array got = session_->variable_value(name);
    ASSERT_EQ(got.num_elements(), static_cast<int64_t>(values.size()));
    for (size_t i = 0; i < values.size(); ++i)
      EXPECT_EQ(got.at<float>(i), values[i]) << name << " " << i;
  }
  static void expect_numbers(const Array& got, const std::vector<float>& values) {
    EXPECT_TRUE(got.same_bits(floats(values, got.shape()))) << got.values_text();
  }

  Graph graph_;
  GraphScope scope_{graph_};
  Tensor a_ = variable("a", floats({1, 2}, {2}));
  Tensor b_ = variable("b", floats({10, 20}, {2}));
  std::unique_ptr<Session> session_;
};

TEST_F(FunctionalVariables, AreFetchedAsTheyWereBeforeTheirUpdate) {
  const Tensor doubled = a_ * 2;
  const std::vector<Array> got = step({a_, doubled, reshape(a_, {1, 2})}, {assign_add(a_, 5.0f)});
  expect_numbers(got[0], {1, 2});
  expect_numbers(got[1], {2, 4});
  expect_numbers(got[2], {1, 2});
  expect_value("a", {6, 7});
}

TEST_F(FunctionalVariables, AreReducedAsTheyWereBeforeTheirUpdate) {
  // One loop reduces the old value and writes the new one over it.
  const std::vector<Array> got = step({reduce_sum(a_), reduce_max(a_, 0)}, {assign(a_, a_ * 3)});
  EXPECT_EQ(got[0].item<float>(), 3);
  EXPECT_EQ(got[1].item<float>(), 2);
  expect_value("a", {3, 6});
}

TEST_F(FunctionalVariables, TakeSeveralAssignmentsInTheirOrder) {
  const Operation first = assign(a_, 3.0f), second = assign_add(a_, b_),
                  third = assign_sub(a_, 1.0f);
  step({}, {third, second, first});  // the order of making counts, not that of naming
  expect_value("a", {12, 22});
  step({}, {first, third});
  expect_value("a", {2, 2});
}

TEST_F(FunctionalVariables, ReadTheOldValueInEveryAssignment) {
  step({}, {assign_add(a_, 100.0f), assign_add(b_, a_)});
  expect_value("a", {101, 102});
  expect_value("b", {11, 22});
}

TEST_F(FunctionalVariables, SwapThroughAssignments) {
  const std::vector<Array> got = step({a_, b_}, {assign(a_, b_), assign(b_, a_)});
  expect_value("a", {10, 20});
  expect_value("b", {1, 2});
  expect_numbers(got[0], {1, 2});
  expect_numbers(got[1], {10, 20});
  session_->run({.targets = {assign(a_, b_), assign(b_, a_)}});
  expect_value("a", {1, 2});
  expect_value("b", {10, 20});
}

TEST_F(FunctionalVariables, GoRoundInThree) {
  const Tensor c = variable("c", floats({100, 200}, {2}));
  step({}, {assign(a_, b_), assign(b_, c), assign(c, a_)});
  expect_value("a", {10, 20});
  expect_value("b", {100, 200});
  expect_value("c", {1, 2});
}

TEST_F(FunctionalVariables, AreCopiedByAssignment) {
  step({}, {assign(a_, b_)});
  session_->run({.targets = {assign_add(b_, 1.0f)}});
  expect_value("a", {10, 20});
  expect_value("b", {11, 21});
}

TEST_F(FunctionalVariables, KeepTheOldValueForALateReader) {
  // The reader needs the new value of b, which needs the new value of a.
  const Tensor new_a = a_ + 1, new_b = b_ * new_a;
  const Tensor late = matmul(reshape(new_b, {2, 1}), reshape(a_, {1, 2}));
  const std::vector<Array> got = step({late, new_a}, {assign(a_, new_a), assign(b_, new_b)});
  expect_numbers(got[0], {20, 40, 60, 120});
  expect_numbers(got[1], {2, 3});
  expect_value("a", {2, 3});
  expect_value("b", {20, 60});
}

TEST_F(FunctionalVariables, MayShareOneNewValue) {
  const Tensor value = sin(a_) * 0 + 7;
  const std::vector<Array> got = step({value}, {assign(a_, value), assign(b_, value)});
  expect_value("a", {7, 7});
  expect_value("b", {7, 7});
  expect_numbers(got[0], {7, 7});
}

TEST_F(FunctionalVariables, BroadcastWhatIsAssigned) {
  const Tensor wide = variable("wide", zeros({2, 2}));
  const Tensor row = placeholder(kFloat32, {kUnknown}, "row");
  step({}, {assign(wide, row)}, {{row, floats({3, 4}, {2})}});
  expect_value("wide", {3, 4, 3, 4});
  session_->run({.targets = {assign_sub(wide, row)}, .feeds = {{row, floats({1}, {1})}}});
  expect_value("wide", {2, 3, 2, 3});
}

TEST_F(FunctionalVariables, AreUpdatedAndFetchedThroughNestedViews) {
  const Tensor matrix = variable("matrix", floats({1, 2, 3, 4, 5, 6}, {2, 3}));
  const Tensor flat = reshape(matrix, {6}), tall = reshape(flat, {3, 2});
  const std::vector<Array> got =
      step({flat, tall, reduce_sum(tall, 0)}, {assign(matrix, reshape(tall * 2, {2, 3}))});
  expect_numbers(got[0], {1, 2, 3, 4, 5, 6});
  expect_numbers(got[1], {1, 2, 3, 4, 5, 6});
  expect_numbers(got[2], {9, 12});
  expect_value("matrix", {2, 4, 6, 8, 10, 12});
  // The transposed value lies elsewhere: it must not be written while it is read.
  session_->run({.targets = {assign(matrix, reshape(transpose(matrix), {2, 3}))}});
  expect_value("matrix", {2, 8, 4, 10, 6, 12});
}

TEST_F(FunctionalVariables, AddUpTheGradientsOfTheirUses) {
  const Tensor x = placeholder(kFloat32, {2}, "x");
  const Tensor loss =
      reduce_sum(a_ * x) + reduce_sum(square(a_)) + reduce_sum(reshape(a_, {2, 1}) * b_);
  const std::vector<Array> got = step(gradients(loss, {a_, b_}), {}, {{x, floats({5, 6}, {2})}});
  expect_numbers(got[0], {5 + 2 + 30, 6 + 4 + 30});
  expect_numbers(got[1], {3, 3});
}

TEST_F(FunctionalVariables, ChangeOnlyTheRowsThatAreUsed) {
  const Tensor table = variable("table", floats({1, 1, 2, 2, 3, 3, 4, 4}, {4, 2}));
  const Tensor ids = placeholder(kInt32, {kUnknown}, "ids");
  const Tensor loss = reduce_sum(gather(table, ids) * 2);
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 0.5}).minimize(loss, {.variables = {table}});
  const std::vector<Array> got =
      step({table, loss}, {train}, {{ids, testing::ints({2, 0, 2}, {3})}});
  expect_numbers(got[0], {1, 1, 2, 2, 3, 3, 4, 4});
  EXPECT_EQ(got[1].item<float>(), 28);
  expect_value("table", {0, 0, 2, 2, 1, 1, 4, 4});
  session_->run({.targets = {train}, .feeds = {{ids, testing::ints({3}, {1})}}});
  expect_value("table", {0, 0, 2, 2, 1, 1, 3, 3});
}

TEST_F(FunctionalVariables, LeaveOthersAlone) {
  step({}, {assign_add(a_, 1.0f)});
  expect_value("b", {10, 20});
}

}  // namespace functional_variables_test
}  // namespace reckon::runtime
