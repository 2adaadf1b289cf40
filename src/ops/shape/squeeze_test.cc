// SPDX-License-Identifier: Apache-2.0
// Dimensions of extent 1 that come and go: every axis, unknown extents, sizes that only the data
// know.
#include <gtest/gtest.h>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace squeeze_test {

using namespace testing;

OpUnderTest squeezed(std::vector<int> axes) {
  return [axes](const Tensor& x) { return squeeze(x, axes); };
}

const Array kColumn = floats({1, 2}, {1, 2, 1});

TEST(ExpandDims, AddsAnAxis) {
  for (const auto& [axis, shape] :
       std::vector<std::pair<int, Shape>>{{0, {1, 2}}, {1, {2, 1}}, {-1, {2, 1}}, {-2, {1, 2}}}) {
    check_op({.op = [axis = axis](const Tensor& x) { return expand_dims(x, axis); },
              .inputs = {{1, 2}},
              .expect = floats({1, 2}, shape),
              .has_second_gradient = true});
  }
  check_op({.op = [](const Tensor& x) { return expand_dims(x, 0); },
            .inputs = {floats({3}, {})},
            .expect = floats({3}, {1})});
}

TEST(ExpandDims, RefusesAnAxisOutsideTheResult) {
  expect_error([] { expand_dims(placeholder(kFloat32, {2}), 2); },
               "[expand_dims] axis is 2 but x is float32[2]; pass an axis in [-2, 2)");
  expect_error([] { expand_dims(placeholder(kFloat32, {2}), -3); }, "[expand_dims] axis is -3");
  expect_error(
      [] {
        expand_dims(placeholder(kFloat32, {1, 1, 1, 1, 1, 1, 1, 1}), 0);
      },
      "8 dimensions");
}

TEST(Squeeze, DropsTheAxesThatItIsGiven) {
  check_op({.op = squeezed({0}),
            .inputs = {kColumn},
            .expect = floats({1, 2}, {2, 1}),
            .has_second_gradient = true});
  check_op({.op = squeezed({-1, 0}), .inputs = {kColumn}, .expect = {1, 2}});
  check_op({.op = squeezed({1, 1}), .inputs = {floats({4}, {1, 1})}, .expect = {4}});
}

TEST(Squeeze, DropsEveryAxisOfOneByDefault) {
  EXPECT_EQ(run_op(squeezed({}), {kColumn})[0].shape(), Shape({2}));
  EXPECT_EQ(run_op(squeezed({}), {floats({4}, {1, 1})})[0].shape(), Shape());
  EXPECT_EQ(run_op(squeezed({}), {floats({1, 2}, {2})})[0].shape(), Shape({2}));
  EXPECT_EQ(run_op(squeezed({}), {floats({}, {1, 0})})[0].shape(), Shape({0}));
}

TEST(Squeeze, KeepsAnUnknownAxisUnlessItIsNamed) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 1, 3});
  EXPECT_EQ(squeeze(x).text(), "float32[?, 3]");
  EXPECT_EQ(squeeze(x, {0}).text(), "float32[1, 3]");
}

TEST(Squeeze, MovesStrings) {
  const Array words = Array::strings({"a", "b"}, {1, 2});
  EXPECT_TRUE(run_op(squeezed({0}), {words})[0].same_bits(Array::strings({"a", "b"}, {2})));
}

TEST(Squeeze, KeepsASizeThatOnlyTheDataKnows) {
  check_op({.op = [](const Tensor& x,
                     const Tensor& mask) { return squeeze(boolean_mask(x, mask), {1}); },
            .inputs = {floats({1, 2, 3}, {3, 1}), bools({true, false, true}, {3})},
            .expect = {1, 3}});
  check_op({.op = [](const Tensor& x,
                     const Tensor& mask) { return expand_dims(boolean_mask(x, mask), 0); },
            .inputs = {{1, 2, 3}, bools({true, false, true}, {3})},
            .expect = floats({1, 3}, {1, 2})});
}

TEST(Squeeze, ChecksASizeThatOnlyTheDataKnows) {
  const auto only_row = [](const Tensor& x, const Tensor& mask) {
    return squeeze(boolean_mask(x, mask), {0});
  };
  check_op({.op = only_row,
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), bools({false, true}, {2})},
            .expect = {3, 4},
            .has_second_gradient = true});
  for (const std::vector<bool>& mask : {std::vector<bool>{true, true}, {false, false}}) {
    base::expect_error(
        [&] {
          run_op(only_row, {floats({1, 2}, {2}), bools(mask, {2})});
        },
        "in this batch, expected 1; slice one of it");
  }
}

TEST(Squeeze, RefusesAnAxisThatIsNotOne) {
  expect_error(
      [] {
        squeeze(placeholder(kFloat32, {2, 1}), {0});
      },
      "[squeeze] axis 0 of float32[2, 1] has extent 2, expected 1; leave it out");
  expect_error([] { squeeze(placeholder(kFloat32, {2, 1}), {2}); }, "[squeeze] axis is 2");
}

}  // namespace squeeze_test
}  // namespace reckon
