// SPDX-License-Identifier: Apache-2.0
// Concat and stack: axes, dtypes, sizes that only the data know, both forms of the gradient.
#include <limits>

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace concat_test {

using namespace testing;

OpUnderTest joined(int axis) {
  return [axis](const Tensors& parts) {
    return Tensors{concat(Operands(parts.begin(), parts.end()), axis)};
  };
}

TEST(Concat, JoinsAlongAnAxis) {
  check_op({.op = joined(0),
            .inputs = {floats({1, 2}, {1, 2}), floats({3, 4, 5, 6}, {2, 2})},
            .expect = floats({1, 2, 3, 4, 5, 6}, {3, 2})});
  check_op({.op = joined(-1),
            .inputs = {floats({1, 2}, {2, 1}), floats({3, 4, 5, 6}, {2, 2})},
            .expect = floats({1, 3, 4, 2, 5, 6}, {2, 3}),
            .has_second_gradient = true});
  check_op({.op = joined(1),
            .inputs = {floats({1, 2, 3, 4}, {2, 1, 2}), floats({5, 6, 7, 8}, {2, 1, 2})},
            .expect = floats({1, 2, 5, 6, 3, 4, 7, 8}, {2, 2, 2})});
}

TEST(Concat, TakesOnePartAndEmptyOnes) {
  check_op({.op = joined(0), .inputs = {{1, 2}}, .expect = {1, 2}});
  check_op({.op = joined(0),
            .inputs = {floats({}, {0}), {1, 2}, floats({}, {0}), {3}},
            .expect = {1, 2, 3},
            .has_second_gradient = true});
  check_op({.op = joined(1),
            .inputs = {floats({}, {0, 2}), floats({}, {0, 1})},
            .expect = floats({}, {0, 3})});
}

TEST(Concat, JoinsStringsAndSmallElements) {
  const Array words =
      run_op(joined(0), {Array::strings({"a"}, {1}), Array::strings({"b", "c"}, {2})})[0];
  EXPECT_TRUE(words.same_bits(Array::strings({"a", "b", "c"}, {3})));
  const Array bytes = run_op(
      joined(1), {Array::from<int8_t>({1, 2}, {2, 1}), Array::from<int8_t>({3, 4}, {2, 1})})[0];
  EXPECT_TRUE(bytes.same_bits(Array::from<int8_t>({1, 3, 2, 4}, {2, 2})));
}

TEST(Concat, ANumberTakesTheDtypeOfTheOthers) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat64, {}, "x");
  EXPECT_TRUE(evaluate_now(stack({x, 2, 3.5}), {{x, Array::scalar(1.0)}})
                  .same_bits(doubles({1, 2, 3.5}, {3})));
}

TEST(Concat, APartMayComeTwice) {
  check_op({.op =
                [](const Tensor& x) {
                  return concat({x, square(x), x}, 0);
                },
            .inputs = {{2, 3}},
            .expect = {2, 3, 4, 9, 2, 3},
            .has_second_gradient = true});
}

TEST(Concat, AddsSizesThatOnlyTheDataKnow) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mask) {
                  return concat({boolean_mask(x, mask), x}, 0);
                },
            .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
            .expect = {1, 3, 1, 2, 3},
            .has_second_gradient = true});
}

TEST(Concat, CutsGradientsIntoSizesThatAreAllUnknown) {
  check_op({.op =
                [](const Tensor& x, const Tensor& y, const Tensor& mask) {
                  return concat({boolean_mask(x, mask), boolean_mask(y, !mask)}, 0);
                },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), floats({7, 8, 9, 10, 11, 12}, {3, 2}),
                       bools({true, false, true}, {3})},
            .expect = floats({1, 2, 5, 6, 9, 10}, {3, 2}),
            .has_second_gradient = true});
}

TEST(Concat, RefusesRowCountsThatTurnOutUnequal) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {3, 2}, "x");
  const Tensor first = placeholder(kBool, {3}, "first"), second = placeholder(kBool, {3}, "second");
  const Tensor whole = concat({boolean_mask(x, first), boolean_mask(x, second)}, 1);
  const auto run = [&](const std::vector<bool>& a, const std::vector<bool>& b) {
    return evaluate_now(
        whole,
        {{x, floats({1, 2, 3, 4, 5, 6}, {3, 2})}, {first, bools(a, {3})}, {second, bools(b, {3})}});
  };
  EXPECT_EQ(run({true, false, true}, {false, true, true}).num_elements(), 8);
  expect_error(
      [&] {
        run({true, false, false}, {true, true, true});
      },
      "1 along axis 0, 3 along axis 0 of the other operand");
}

TEST(Concat, RefusesPartsThatDoNotFit) {
  const auto refuse = [](const Shape& a, const Shape& b, int axis, const char* text) {
    expect_error([&] { concat({placeholder(kFloat32, a), placeholder(kFloat32, b)}, axis); }, text);
  };
  refuse({2, 3}, {3, 2}, 0, "[concat] a part is float32[3, 2] but the first is float32[2, 3]");
  refuse({2, 3}, {2}, 0, "[concat] a part is float32[2] but the first is float32[2, 3]");
  refuse({2, 3}, {2, 3}, 2, "[concat] axis is 2 but x is float32[2, 3]");
  refuse({}, {}, 0, "[concat] the parts are scalars; use stack");
  expect_error(
      [] {
        concat({placeholder(kFloat32, {2}), placeholder(kInt32, {2})}, 0);
      },
      "both need one dtype");
  expect_error([] { concat({}, 0); }, "[concat] came with 0 operands, expected at least 1");
}

TEST(Concat, RefusesAnExtentThatIsNoNumber) {
  const int64_t most = std::numeric_limits<int64_t>::max(), quarter = int64_t{1} << 62;
  expect_error(
      [=] {
        const Tensor part = placeholder(kFloat32, {most, 1});
        concat({part, part}, 0);
      },
      "[concat] the parts are float32[9223372036854775807, 1], float32[9223372036854775807, 1], "
      "more than 2^63 - 1 elements along axis 0; join fewer of them. At concat_test.cc:");
  expect_error(
      [=] {
        const Tensor part = placeholder(kInt32, {1, quarter});
        concat({part, part, part, part}, -1);
      },
      "more than 2^63 - 1 elements along axis 1");
}

TEST(Stack, AddsAnAxis) {
  const auto stacked = [](int axis) {
    return [axis](const Tensor& a, const Tensor& b) { return stack({a, b}, axis); };
  };
  check_op({.op = stacked(0),
            .inputs = {{1, 2}, {3, 4}},
            .expect = floats({1, 2, 3, 4}, {2, 2}),
            .has_second_gradient = true});
  check_op({.op = stacked(-1), .inputs = {{1, 2}, {3, 4}}, .expect = floats({1, 3, 2, 4}, {2, 2})});
  check_op({.op = stacked(0),
            .inputs = {floats({1}, {}), floats({2}, {})},
            .expect = floats({1, 2}, {2})});
}

TEST(Stack, RefusesShapesThatDiffer) {
  expect_error(
      [] {
        stack({placeholder(kFloat32, {2}), placeholder(kFloat32, {3})});
      },
      "[stack] a part is float32[3] but the first is float32[2]");
  expect_error(
      [] {
        stack({placeholder(kFloat32, {2}), placeholder(kFloat32, {2})}, 3);
      },
      "[stack] axis is 3");
  expect_error([] { stack({}); }, "[stack] came without parts; pass one tensor or more");
}

TEST(Concat, HasAGradientThroughSizesThatOnlyTheDataKnow) {
  // The gradient that arrives has an unknown size too: it cannot be split by numbers.
  const auto slope = [](const Tensor& x, const Tensor& mask) {
    const Tensor whole = concat({boolean_mask(x, mask), x}, 0);
    return gradients(reduce_sum(square(whole)), {x})[0];
  };
  check_op(
      {.op = slope, .inputs = {{1, 2, 3}, bools({true, false, true}, {3})}, .expect = {4, 4, 12}});
}

}  // namespace concat_test
}  // namespace reckon
