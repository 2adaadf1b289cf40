// SPDX-License-Identifier: Apache-2.0
// Gather along every axis, its gradient as rows and as a table, top_k and the ops whose size the
// data know.
#include "ops/gather.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math_ops.h>
#include "base/expect_error.h"
#include "check_op.h"

namespace reckon {
namespace {

using namespace testing;

auto gathered(GatherOptions options = {}) {
  return
      [options](const Tensor& params, const Tensor& ids) { return gather(params, ids, options); };
}

const Array kTable = floats({0, 1, 10, 11, 20, 21}, {3, 2});

TEST(Gather, TakesRows) {
  check_op({.op = gathered(),
            .inputs = {kTable, ints({2, 0, 2}, {3})},
            .expect = floats({20, 21, 0, 1, 20, 21}, {3, 2}),
            .has_second_gradient = true});
  check_op({.op = gathered(), .inputs = {kTable, longs({1}, {})}, .expect = {10, 11}});
  check_op({.op = gathered(), .inputs = {kTable, ints({}, {0})}, .expect = floats({}, {0, 2})});
}

TEST(Gather, TakesColumnsAndBatches) {
  check_op({.op = gathered({.axis = -1}),
            .inputs = {kTable, ints({1, 1, 0, 1}, {2, 2})},
            .expect = floats({1, 1, 0, 1, 11, 11, 10, 11, 21, 21, 20, 21}, {3, 2, 2})});
  check_op({.op = gathered({.axis = 1, .batch_dims = 1}),
            .inputs = {kTable, ints({1, 0, 1}, {3, 1})},
            .expect = floats({1, 10, 21}, {3, 1})});
}

TEST(Gather, TakesStrings) {
  const Array words = Array::strings({"a", "b", "c"}, {3});
  EXPECT_TRUE(
      run_op(gathered(), {words, ints({2, 0}, {2})})[0].same_bits(Array::strings({"c", "a"}, {2})));
}

TEST(Gather, NamesTheIndexThatIsOutside) {
  for (const int32_t index : {3, -1}) {
    base::expect_error(
        [&] {
          run_op(gathered(), {kTable, ints({0, index}, {2})});
        },
        "[gather] index " + std::to_string(index) + " is not in [0, 3)");
  }
}

TEST(Gather, RefusesShapesThatDoNotFit) {
  const auto refuse = [](const Shape& params, const Shape& ids, GatherOptions options,
                         const char* text) {
    expect_error([&] { gather(placeholder(kFloat32, params), placeholder(kInt32, ids), options); },
                 text);
  };
  refuse({3}, {1}, {.axis = 1}, "[gather] axis is 1 but x is float32[3]");
  refuse({}, {1}, {}, "[gather] params is float32[], expected one dimension or more");
  refuse({2, 3}, {3, 1}, {.axis = 1, .batch_dims = 1},
         "[gather] batches differ: params is float32[2, 3]");
  refuse({2, 3}, {3, 1}, {.axis = 0, .batch_dims = 1}, "batch_dims is 1; it must not exceed axis");
  expect_error([] { gather(placeholder(kFloat32, {3}), placeholder(kFloat32, {1})); },
               "[gather] indices is float32[1], expected int32 or int64");
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

TEST(RowGradient, OfSeveralGathersStaysRows) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor table = placeholder(kFloat32, {100, 4}), ids = placeholder(kInt32, {kUnknown});
  const Tensor loss = reduce_sum(gather(table, ids)) + reduce_sum(square(gather(table, ids)));
  EXPECT_TRUE(ops::row_gradient(gradients(loss, {table})[0]).valid());
}

TEST(TopK, SortsAndKeepsTheLowerIndexOfTies) {
  const auto top = [](int64_t k) {
    return [k](const Tensor& x) {
      const TopK found = top_k(x, k);
      return Tensors{found.values, found.indices};
    };
  };
  check_op({.op = top(2),
            .inputs = {floats({1, 3, 2, 9, 8, 7}, {2, 3})},
            .expect = {floats({3, 2, 9, 8}, {2, 2}), ints({1, 2, 0, 1}, {2, 2})},
            .has_second_gradient = true});
  check_op({.op = top(2),
            .inputs = {{5, 7, 7}},
            .expect = {{7, 7}, ints({1, 2}, {2})},
            .has_gradient = false});
  EXPECT_TRUE(run_op(top(1), {ints({4, 6}, {2})})[0].same_bits(ints({6}, {1})));
  expect_error([] { top_k(placeholder(kFloat32, {3}), 4); },
               "[top_k] k is 4 but x is float32[3]; pass k in [0, 3]");
  expect_error([] { top_k(placeholder(kFloat32, {3}), -1); }, "[top_k] k is -1");
  expect_error([] { top_k(placeholder(kFloat32, {})); },
               "[top_k] x is float32[], expected one dimension or more");
}

TEST(Argmax, FindsTheFirstExtreme) {
  const Array x = floats({1, 5, 5, -2, -2, 0}, {2, 3});
  EXPECT_TRUE(
      run_op([](const Tensor& t) { return argmax(t, -1); }, {x})[0].same_bits(longs({1, 2}, {2})));
  EXPECT_TRUE(run_op([](const Tensor& t) { return argmin(t, 0, kInt32); }, {x})[0].same_bits(
      ints({1, 1, 1}, {3})));
  EXPECT_TRUE(
      run_op([](const Tensor& t) { return argmax(t); }, {bools({false, true}, {2})})[0].same_bits(
          longs({1}, {})));
  expect_error(
      [] {
        argmax(placeholder(kFloat32, {2, 3}), 2);
      },
      "[argmax] axis is 2 but x is float32[2, 3]");
  expect_error(
      [] {
        argmin(placeholder(kFloat32, {0, 3}));
      },
      "[argmin] axis 0 of float32[0, 3] is empty");
  expect_error([] { argmax(placeholder(kString, {1})); }, "[argmax] x is string[1]");
}

TEST(BooleanMask, KeepsWhatIsTrue) {
  const auto masked = [](int axis) {
    return [axis](const Tensor& x, const Tensor& mask) { return boolean_mask(x, mask, axis); };
  };
  check_op({.op = masked(0),
            .inputs = {kTable, bools({true, false, true}, {3})},
            .expect = floats({0, 1, 20, 21}, {2, 2})});
  check_op({.op = masked(0),
            .inputs = {kTable, bools({false, true, true, false, false, true}, {3, 2})},
            .expect = {1, 10, 21}});
  check_op({.op = masked(1),
            .inputs = {kTable, bools({false, true}, {2})},
            .expect = floats({1, 11, 21}, {3, 1})});
  check_op(
      {.op = masked(0), .inputs = {{1, 2}, bools({false, false}, {2})}, .expect = floats({}, {0})});
}

TEST(BooleanMask, FeedsReductionsOfItsRealSize) {
  check_op({.op = [](const Tensor& x,
                     const Tensor& mask) { return reduce_mean(square(boolean_mask(x, mask))); },
            .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
            .expect = floats({5}, {})});
}

TEST(BooleanMask, RefusesAMaskOfAnotherShape) {
  expect_error([] { boolean_mask(placeholder(kFloat32, {3}), placeholder(kBool, {4})); },
               "[boolean_mask] mask is bool[4] but x is float32[3]");
  expect_error([] { boolean_mask(placeholder(kFloat32, {3}), placeholder(kBool, {})); },
               "[boolean_mask] mask is bool[], a scalar");
}

TEST(Where, GivesPositions) {
  const auto positions = [](const Tensor& condition) { return where(condition); };
  EXPECT_TRUE(run_op(positions, {bools({false, true, true, false}, {2, 2})})[0].same_bits(
      longs({0, 1, 1, 0}, {2, 2})));
  EXPECT_TRUE(run_op(positions, {floats({0, 2}, {2})})[0].same_bits(longs({1}, {1, 1})));
  EXPECT_TRUE(run_op(positions, {bools({}, {3, 0})})[0].same_bits(longs({}, {0, 2})));
  expect_error([] { where(placeholder(kBool, {})); }, "[where] condition is bool[], a scalar");
}

}  // namespace
}  // namespace reckon
