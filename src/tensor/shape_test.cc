// SPDX-License-Identifier: Apache-2.0
// Shapes: axes, products and their limits, text.
#include <reckon/shape.h>

#include <gtest/gtest.h>

#include <sstream>

#include "base/expect_error_testing.h"

namespace reckon {
namespace shape_test {

using base::expect_error;

TEST(Shape, CountsNegativeAxesFromTheEnd) {
  const Shape shape = {2, 3, 5};
  EXPECT_EQ(shape[0], 2);
  EXPECT_EQ(shape[2], 5);
  EXPECT_EQ(shape[-1], 5);
  EXPECT_EQ(shape[-3], 2);
}

TEST(Shape, RefusesAnAxisItDoesNotHave) {
  const Shape shape = {2, 3};
  expect_error(
      [&] { (void)shape[2]; },
      "[shape] there is no axis 2 in [2, 3], which has 2 dimensions; give an axis from -2 to 1.");
  expect_error([&] { (void)shape[-3]; }, "there is no axis -3 in [2, 3]");
  expect_error([] { (void)Shape{}[0]; },
               "[shape] there is no axis 0 in [], a scalar; give a shape of rank 1 or more.");
}

TEST(Shape, RefusesMoreThanEightDimensions) {
  Shape shape = {1, 2, 3, 4, 5, 6, 7, 8};
  expect_error(
      [&] { shape.append(9); },
      "[shape] a dimension of 9 was to be added to [1, 2, 3, 4, 5, 6, 7, 8], but a shape has "
      "at most 8 dimensions; join some of them with reshape.");
  expect_error([] { Shape(std::vector<int64_t>(9, 1)); }, "at most 8 dimensions");
}

TEST(Shape, MultipliesItsExtents) {
  EXPECT_EQ(Shape{}.num_elements(), 1);
  EXPECT_EQ((Shape{2, 3, 5}).num_elements(), 30);
  EXPECT_EQ((Shape{int64_t{1} << 40, 0, int64_t{1} << 40}).num_elements(), 0);
}

TEST(Shape, RefusesAProductThatOverflows) {
  expect_error(
      [] {
        (void)Shape{int64_t{1} << 40, int64_t{1} << 40}.num_elements();
      },
      "[shape] [1099511627776, 1099511627776] has more than 2^63 - 1 elements");
}

TEST(Shape, RefusesTheProductOfUnknownExtents) {
  expect_error(
      [] {
        (void)Shape{kUnknown, 784}.num_elements();
      },
      "[shape] [?, 784] has an unknown dimension, so its number of elements is not known "
      "yet; give every extent.");
}

TEST(Shape, IsStaticWithoutUnknownExtents) {
  EXPECT_TRUE((Shape{0, 1}).is_static());
  EXPECT_FALSE((Shape{2, kUnknown}).is_static());
}

TEST(Shape, ComparesRankAndExtents) {
  EXPECT_EQ((Shape{2, 3}), (Shape(std::vector<int64_t>{2, 3})));
  EXPECT_FALSE((Shape{2}) == (Shape{2, 1}));
  EXPECT_FALSE((Shape{2, 3}) == (Shape{3, 2}));
  EXPECT_EQ((Shape{kUnknown}), (Shape{kUnknown}));
}

TEST(Shape, SetsAndAppendsExtents) {
  Shape shape = {2};
  shape.append(7);
  shape.set(-1, 9);
  EXPECT_EQ(shape.dims(), (std::vector<int64_t>{2, 9}));
}

TEST(Shape, PrintsUnknownExtentsAsQuestionMarks) {
  std::ostringstream out;
  out << Shape{kUnknown, 784} << Shape{};
  EXPECT_EQ(out.str(), "[?, 784][]");
}

}  // namespace shape_test
}  // namespace reckon
