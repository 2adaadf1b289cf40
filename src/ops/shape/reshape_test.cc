// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace reshape_test {

using namespace testing;

auto reshaped(const Shape& shape) {
  return [shape](const Tensor& x) { return reshape(x, shape); };
}

TEST(Reshape, KeepsElementsInOrder) {
  check_op({.op = reshaped({3, 2}),
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {2, 3})},
            .expect = floats({1, 2, 3, 4, 5, 6}, {3, 2})});
}

TEST(Reshape, InfersOneDimension) {
  check_op({.op = reshaped({-1, 2}),
            .inputs = {floats({1, 2, 3, 4}, {2, 2, 1})},
            .expect = floats({1, 2, 3, 4}, {2, 2})});
  check_op({.op = reshaped({-1, 0}), .inputs = {floats({}, {0, 3})}, .expect = floats({}, {3, 0})});
  check_op({.op = reshaped({0, -1}), .inputs = {floats({}, {0, 3})}, .expect = floats({}, {0, 3})});
}

// H12: nothing divides into rows of any width. TensorFlow 2.15's results.
TEST(Reshape, InfersADimensionOfNothing) {
  const auto of_nothing = [](const Shape& from, const Shape& to, const Shape& want) {
    check_op({.op = reshaped(to), .inputs = {floats({}, from)}, .expect = floats({}, want)});
    Graph graph;
    const GraphScope scope(graph);
    const Tensor known = placeholder(kFloat32, from);
    EXPECT_EQ(reshape(known, to).shape(), want);
  };
  of_nothing({0, 6}, {-1, 12}, {0, 12});
  of_nothing({0, 6}, {-1}, {0});
  of_nothing({0, 6}, {5, -1}, {5, 0});
  of_nothing({4, 0}, {37, -1}, {37, 0});
  of_nothing({4, 0}, {0, 9}, {0, 9});
  of_nothing({4, 0}, {0, 2, -1}, {0, 2, 2});
  of_nothing({0, 3}, {-1, 0}, {3, 0});
  of_nothing({0, int64_t{1} << 40}, {-1, 3}, {0, 3});
}

TEST(Reshape, OfNothingStillRefusesAShapeWithElements) {
  expect_error([] { reshape(placeholder(kFloat32, {0, 6}), {2, 3}); }, "must stay");
  expect_error([] { reshape(placeholder(kFloat32, {2, 3}), {0, -1}); }, "must stay");
  expect_error([] { reshape(placeholder(kFloat32, {0, 3}), {-1, 0, 2}); }, "must stay");
}

// H12: beside a zero, a size that only the data know needs no place in the new shape.
TEST(Reshape, OfNothingFollowsNoSizeThatOnlyTheDataKnow) {
  const Array x = floats({}, {3, 0}), mask = bools({true, false, true}, {3});
  const auto masked = [](const Shape& shape) {
    return [shape](const Tensor& x, const Tensor& mask) {
      return reshape(boolean_mask(x, mask), shape);
    };
  };
  check_op({.op = masked({-1, 4}), .inputs = {x, mask}, .expect = floats({}, {0, 4})});
  check_op({.op = masked({0, 7}), .inputs = {x, mask}, .expect = floats({}, {0, 7})});
  check_op({.op = masked({-1, 0}), .inputs = {x, mask}, .expect = floats({}, {2, 0})});
}

TEST(Reshape, MovesStringsToo) {
  const Array words = Array::strings({"a", "bc"}, {2});
  EXPECT_TRUE(run_op(reshaped({2, 1}), {words})[0].same_bits(words.reshaped({2, 1})));
}

TEST(Reshape, FollowsASizeThatOnlyTheDataKnows) {
  const auto masked = [](const Shape& shape) {
    return [shape](const Tensor& x, const Tensor& mask) {
      return reshape(boolean_mask(x, mask), shape);
    };
  };
  const Array x = floats({1, 2, 3, 4, 5, 6}, {3, 2}), mask = bools({true, false, true}, {3});
  check_op(
      {.op = masked({-1, 1, 2}), .inputs = {x, mask}, .expect = floats({1, 2, 5, 6}, {2, 1, 2})});
  check_op({.op = masked({-1}), .inputs = {x, mask}, .expect = {1, 2, 5, 6}});
  base::expect_error([&] { run_op(masked({-1, 4}), {x, mask}); }, "whose size only the data knows");
  base::expect_error([&] { run_op(masked({2, 2}), {x, mask}); }, "whose size only the data knows");
}

TEST(Reshape, RefusesAnotherNumberOfElements) {
  const auto refuse = [](const Shape& shape, const char* text) {
    expect_error([&] { reshape(placeholder(kFloat32, {6}), shape); }, text);
  };
  refuse({4}, "[reshape] x is float32[6], the new shape is [4]; the number of elements must stay");
  refuse({-1, 4}, "the number of elements must stay");
  refuse({-1, -1}, "[reshape] dimensions 0 and 1 of the new shape are both -1");
  refuse({-2, 3}, "[reshape] the new shape has the extent -2");
}

TEST(Reshape, RefusesMoreElementsThanANumberCounts) {
  const int64_t quarter = int64_t{1} << 62;
  const auto refuse = [](const Shape& from, const Shape& to) {
    expect_error([&] { reshape(placeholder(kFloat32, from), to); },
                 "[reshape] the shape [4611686018427387904, 4] has more than 2^63 - 1 elements; "
                 "give smaller extents. At reshape_test.cc:");
  };
  refuse({6}, {quarter, 4});
  refuse({quarter, 4}, {6});
  Graph graph;
  const GraphScope scope(graph);
  for (const Shape& empty : {Shape{quarter, 4, 0}, Shape{0, quarter, 4}})
    EXPECT_EQ(reshape(placeholder(kFloat32, {3, 0}), empty).shape(), empty);
  expect_error(
      [=] {
        reshape(placeholder(kFloat32, {6}), {quarter, 4, -1});
      },
      "[reshape] the shape [4611686018427387904, 4, ?] has more than");
}

TEST(Flatten, RefusesMoreElementsThanANumberCounts) {
  const int64_t quarter = int64_t{1} << 62;
  expect_error(
      [=] {
        flatten(placeholder(kFloat32, {1, quarter, 4}));
      },
      "[shape] dimensions of 4611686018427387904 and 4 elements have a product of more "
      "than 2^63 - 1; give smaller extents. At reshape_test.cc:");
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(flatten(placeholder(kFloat32, {1, quarter, 4, 0})).text(), "float32[1, 0]");
}

TEST(Flatten, KeepsTheBatch) {
  check_op({.op = flatten,
            .inputs = {floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2})},
            .expect = floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 4})});
  check_op({.op = flatten, .inputs = {{1, 2}}, .expect = floats({1, 2}, {2, 1})});
}

TEST(Flatten, KnowsTheRowOfAnUnknownBatch) {
  Graph graph;
  GraphScope scope(graph);
  EXPECT_EQ(flatten(placeholder(kFloat32, {kUnknown, 28, 28})).text(), "float32[?, 784]");
  expect_error([] { flatten(placeholder(kFloat32, {})); },
               "x is float32[], expected 1 dimensions or more");
}

}  // namespace reshape_test
}  // namespace reckon
