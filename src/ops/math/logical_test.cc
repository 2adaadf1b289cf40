// SPDX-License-Identifier: Apache-2.0
// Logic of bools: truth tables, operators, broadcasting, errors.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace logical_test {

using namespace testing;

const Array kA = bools({true, true, false, false}, {4});
const Array kB = bools({true, false, true, false}, {4});

TEST(Logical, CombinesBools) {
  check_op(
      {.op = logical_and, .inputs = {kA, kB}, .expect = bools({true, false, false, false}, {4})});
  check_op({.op = logical_or, .inputs = {kA, kB}, .expect = bools({true, true, true, false}, {4})});
  check_op(
      {.op = logical_xor, .inputs = {kA, kB}, .expect = bools({false, true, true, false}, {4})});
  check_op({.op = logical_not, .inputs = {kA}, .expect = bools({false, false, true, true}, {4})});
}

TEST(Logical, HasOperators) {
  check_op({.op = [](const Tensor& a, const Tensor& b) { return (a && !b) || (!a && b); },
            .inputs = {kA, kB},
            .expect = bools({false, true, true, false}, {4})});
  check_op(
      {.op = [](const Tensor& a) { return true && (a || false); }, .inputs = {kA}, .expect = kA});
}

TEST(Logical, BroadcastsAndTakesNothing) {
  check_op({.op = logical_xor,
            .inputs = {bools({true, false}, {2, 1}), bools({true, false}, {2})},
            .expect = bools({false, true, true, false}, {2, 2})});
  check_op({.op = logical_not, .inputs = {bools({}, {0})}, .expect = bools({}, {0})});
  check_op({.op = logical_and,
            .inputs = {bools({}, {0, 1}), bools({true}, {})},
            .expect = bools({}, {0, 1})});
}

TEST(Logical, OfManyElementsEqualsElementByElement) {
  std::vector<bool> a(1003), b(1003), want(1003);
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = i * i % 3 == 1;
    b[i] = i % 7 < 3;
    want[i] = (a[i] != b[i]) && !(a[i] && i % 2 == 0);
  }
  std::vector<bool> even(1003);
  for (size_t i = 0; i < even.size(); i += 2) even[i] = true;
  const auto op = [](const Tensor& x, const Tensor& y, const Tensor& z) {
    return logical_xor(x, y) && !(x && z);
  };
  EXPECT_TRUE(run_op(op, {bools(a, {1003}), bools(b, {1003}), bools(even, {1003})})[0].same_bits(
      bools(want, {1003})));
}

TEST(Logical, TakesTheRowsThatAreThere) {
  check_op({.op = [](const Tensor& x, const Tensor& mask) { return !boolean_mask(x, mask); },
            .inputs = {kA, kB},
            .expect = bools({false, true}, {2})});
}

TEST(Logical, RefusesNumbersAndShapesThatDoNotBroadcast) {
  expect_error([] { logical_and(floats({1}, {1}), true); },
               "[logical_and] a is float32[1], expected bool; cast it first");
  expect_error([] { logical_not(3); }, "[logical_not] x is int32[], expected bool; cast it first");
  expect_error(
      [] {
        logical_or(kA, bools({true, false}, {2}));
      },
      "shapes [4] and [2] do not broadcast");
}

}  // namespace logical_test
}  // namespace reckon
