// SPDX-License-Identifier: Apache-2.0
// New values of variables that are narrower than the variable.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/session.h>
#include "check_op.h"
#include "ops/define.h"

namespace reckon {
namespace assign_broadcast_test {

using namespace testing;

/// The variable's value after one step of `make(variable)`.
Array after(const Array& initial, const std::function<Operation(const Tensor&)>& make) {
  Graph graph;
  const GraphScope scope(graph);
  const Operation step = make(variable("v", initial));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {step}});
  return session.variable_value("v");
}

const Array kAssignedTable = floats({1, 2, 3, 4, 5, 6}, {2, 3});

TEST(AssignBroadcast, RepeatsAValueToTheVariablesShape) {
  EXPECT_TRUE(after(kAssignedTable, [](const Tensor& v) {
                return assign(v, 7);
              }).same_bits(floats({7, 7, 7, 7, 7, 7}, {2, 3})));
  EXPECT_TRUE(after(kAssignedTable, [](const Tensor& v) {
                return assign(v, floats({7, 8, 9}, {3}));
              }).same_bits(floats({7, 8, 9, 7, 8, 9}, {2, 3})));
  EXPECT_TRUE(after(kAssignedTable, [](const Tensor& v) {
                return assign(v, floats({7, 8}, {2, 1}));
              }).same_bits(floats({7, 7, 7, 8, 8, 8}, {2, 3})));
}

TEST(AssignBroadcast, AValueOfTheSameShapeIsTakenAsItIs) {
  const Array want = floats({6, 5, 4, 3, 2, 1}, {2, 3});
  EXPECT_TRUE(
      after(kAssignedTable, [&](const Tensor& v) { return assign(v, want); }).same_bits(want));
}

TEST(AssignBroadcast, ReadsTheOldValueWhileItWritesTheNew) {
  EXPECT_TRUE(after(kAssignedTable, [](const Tensor& v) {
                return assign(v, reduce_sum(v, 0));
              }).same_bits(floats({5, 7, 9, 5, 7, 9}, {2, 3})));
}

TEST(AssignBroadcast, TakesBoolsAndIntegers) {
  EXPECT_TRUE(after(bools({true, false}, {2}), [](const Tensor& v) {
                return assign(v, true);
              }).same_bits(bools({true, true}, {2})));
  EXPECT_TRUE(after(longs({1, 2}, {2}), [](const Tensor& v) {
                return assign(v, 5);
              }).same_bits(longs({5, 5}, {2})));
}

TEST(AssignBroadcast, IncrementsBroadcastToo) {
  EXPECT_TRUE(after(kAssignedTable, [](const Tensor& v) {
                return assign_add(v, floats({10, 20, 30}, {3}));
              }).same_bits(floats({11, 22, 33, 14, 25, 36}, {2, 3})));
  EXPECT_TRUE(after(kAssignedTable, [](const Tensor& v) {
                return assign_sub(v, 1);
              }).same_bits(floats({0, 1, 2, 3, 4, 5}, {2, 3})));
}

TEST(AssignBroadcast, RefusesAValueThatIsWiderThanTheVariable) {
  const ops::OpDef* op = ops::find_op("AssignBroadcast");
  ASSERT_NE(op, nullptr);
  const auto refuse = [op](const Shape& variable, const Shape& value, const char* text) {
    expect_error(
        [&] {
          ops::apply(*op, std::make_shared<const graph::NoOptions>(),
                     {placeholder(kFloat32, variable), placeholder(kFloat32, value)}, {});
        },
        text);
  };
  refuse({3}, {2, 3},
         "[assign] the value is float32[2, 3], the variable float32[3]; give it a value that "
         "broadcasts to its shape");
  refuse({1}, {3}, "the value is float32[3], the variable float32[1]");
  refuse({2, 3}, {2}, "do not broadcast");
}

}  // namespace assign_broadcast_test
}  // namespace reckon
