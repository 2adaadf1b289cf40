// SPDX-License-Identifier: Apache-2.0
// Sums, differences, products, quotients: values, broadcasting, dtypes of numbers, gradients,
// errors.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/session.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace arithmetic_test {

using testing::check_op;
using testing::expect_error;
using testing::floats;
using testing::ints;

TEST(Arithmetic, AddsWithBroadcasting) {
  check_op({.op = add,
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {2, 3}), floats({10, 20, 30}, {3})},
            .expect = floats({11, 22, 33, 14, 25, 36}, {2, 3}),
            .has_second_gradient = true});
}

TEST(Arithmetic, SubtractsWithBothSidesStretched) {
  check_op({.op = subtract,
            .inputs = {floats({1, 2}, {2, 1}), floats({10, 20, 30}, {1, 3})},
            .expect = floats({-9, -19, -29, -8, -18, -28}, {2, 3})});
}

TEST(Arithmetic, MultipliesByAScalar) {
  check_op({.op = multiply,
            .inputs = {floats({1, -2, 3}, {3}), floats({0.5f}, {})},
            .expect = floats({0.5f, -1, 1.5f}, {3}),
            .has_second_gradient = true});
}

TEST(Arithmetic, MixedAddedAndStretchedDimensionsHaveGradients) {
  check_op({.op = multiply,
            .inputs = {floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2}), floats({1, 10}, {1, 2})},
            .expect = floats({1, 20, 3, 40, 5, 60, 7, 80}, {2, 2, 2})});
}

TEST(Arithmetic, DividesFloats) {
  check_op({.op = divide,
            .inputs = {{1, -3, 0}, {4, 2, -5}},
            .expect = {0.25, -1.5, -0.0},
            .has_second_gradient = true});
}

TEST(Arithmetic, QuotientsOfIntegersAreFloats) {
  check_op({.op = divide,
            .inputs = {ints({7, -7}, {2}), ints({2, 2}, {2})},
            .expect = testing::doubles({3.5, -3.5}, {2})});
  check_op({.op = [](const Tensor& x) { return x / 255.0f; },
            .inputs = {Array::from<uint8_t>({0, 51, 255}, {3})},
            .expect = floats({0, 0.2f, 1}, {3})});
  check_op({.op = [](const Tensor& x) { return 1 / x; },
            .inputs = {ints({4}, {1})},
            .expect = testing::doubles({0.25}, {1})});
}

TEST(Arithmetic, IntegersWrap) {
  check_op({.op = add,
            .inputs = {ints({2147483647}, {1}), ints({1}, {1})},
            .expect = ints({-2147483647 - 1}, {1})});
  check_op({.op = negative,
            .inputs = {Array::from<uint8_t>({1, 0}, {2})},
            .expect = Array::from<uint8_t>({255, 0}, {2})});
}

TEST(Arithmetic, OperatorsTakeNumbersOnEitherSide) {
  check_op(
      {.op = [](const Tensor& x) { return 2.0f * x - 1; }, .inputs = {{1, 2}}, .expect = {1, 3}});
  check_op(
      {.op = [](const Tensor& x) { return 1 - x / 2; }, .inputs = {{1, 2}}, .expect = {0.5, 0}});
  check_op({.op = [](const Tensor& x) { return -x + 3 * x; },
            .inputs = {ints({4}, {1})},
            .expect = ints({8}, {1})});
}

TEST(Arithmetic, WorksOnNoElements) {
  check_op({.op = add,
            .inputs = {floats({}, {0, 3}), floats({1, 2, 3}, {3})},
            .expect = floats({}, {0, 3}),
            .has_gradient = false});
}

TEST(Arithmetic, RefusesShapesThatDoNotBroadcast) {
  expect_error(
      [] {
        add(floats({1, 2, 3}, {3}), floats({1, 2, 3, 4}, {4}));
      },
      "shapes [3] and [4] do not broadcast; each dimension must be equal or 1: reshape one of "
      "them");
}

TEST(Arithmetic, RefusesTwoDtypes) {
  expect_error(
      [] { multiply(floats({1}, {1}), ints({1}, {1})); },
      "[multiply] a is float32[1] but b is int32[1]; both need one dtype: cast one of them");
  expect_error([] { divide(floats({1}, {1}), ints({1}, {1})); },
               "[divide] b is int32[1], expected float32 or float64");
}

TEST(Arithmetic, RefusesBoolsAndFractionsBesideIntegers) {
  expect_error([] { add(true, true); }, "[add] a is bool[], expected float32 or float64 or int32");
  expect_error([] { multiply(ints({1}, {1}), 0.5); },
               "the number 0.5 stands beside a tensor of int32, which holds no fractions");
}

TEST(Arithmetic, AnErrorNamesTheLineOfTheOperator) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor a = placeholder(kFloat32, {3}), b = placeholder(kFloat32, {4});
  const int line = __LINE__ + 1;
  const auto subtract_them = [&] { a - b; };
  base::expect_error(subtract_them, "At arithmetic_test.cc:" + std::to_string(line));
}

}  // namespace arithmetic_test
}  // namespace reckon
