// SPDX-License-Identifier: Apache-2.0
// Whether any or all bools are true, along axes, of nothing, and of rows that only the data count.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include "ops/reduce/reduction_under_testing.h"

namespace reckon {
namespace reduce_logical_test {

using namespace testing;

TEST(ReduceLogical, AsksForAnyAndAll) {
  const Array x = bools({true, false, true, true, false, false}, {3, 2});
  check_op({.op = over(reduce_any, 1), .inputs = {x}, .expect = bools({true, true, false}, {3})});
  check_op({.op = over(reduce_all, 1), .inputs = {x}, .expect = bools({false, true, false}, {3})});
  check_op({.op = over(reduce_any, 0, true), .inputs = {x}, .expect = bools({true, true}, {1, 2})});
  check_op({.op = over(reduce_all, {}), .inputs = {x}, .expect = bools({false}, {})});
  check_op({.op = over(reduce_all, Axes::none()), .inputs = {x}, .expect = x});
}

TEST(ReduceLogical, OfNothingAnyIsFalseAndAllIsTrue) {
  check_op({.op = over(reduce_any, {}), .inputs = {bools({}, {0})}, .expect = bools({false}, {})});
  check_op({.op = over(reduce_all, {}), .inputs = {bools({}, {0})}, .expect = bools({true}, {})});
  check_op(
      {.op = over(reduce_all, 0), .inputs = {bools({}, {0, 1})}, .expect = bools({true}, {1})});
}

TEST(ReduceLogical, FindsOneOddElementAmongMany) {
  // The odd one stands behind the last whole vector and the last whole chunk.
  const int64_t count = 100003;
  std::vector<bool> flags(count, true);
  const Array all = bools(flags, {count});
  flags.back() = false;
  const Array one_false = bools(flags, {count});
  EXPECT_TRUE(run_op(over(reduce_all, {}), {all})[0].item<bool>());
  EXPECT_FALSE(run_op(over(reduce_all, {}), {one_false})[0].item<bool>());
  flags.flip();
  EXPECT_TRUE(run_op(over(reduce_any, {}), {bools(flags, {count})})[0].item<bool>());
}

TEST(ReduceLogical, LooksAtTheRowsThatAreThere) {
  const auto masked = [](Reduction reduction) {
    return [=](const Tensor& x, const Tensor& mask) {
      return reduction(boolean_mask(x, mask), 0, {});
    };
  };
  const Array x = bools({true, false, true}, {3}), mask = bools({true, false, true}, {3});
  check_op({.op = masked(reduce_all), .inputs = {x, mask}, .expect = bools({true}, {})});
  check_op({.op = masked(reduce_any),
            .inputs = {x, bools({false, true, false}, {3})},
            .expect = bools({false}, {})});
}

TEST(ReduceLogical, RefusesNumbers) {
  expect_error([] { reduce_any(floats({1}, {1})); },
               "[reduce_any] x is float32[1], expected bool; cast it first");
  expect_error([] { reduce_all(3); }, "[reduce_all] x is int32[], expected bool; cast it first");
}

}  // namespace reduce_logical_test
}  // namespace reckon
