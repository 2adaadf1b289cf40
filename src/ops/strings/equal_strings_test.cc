// SPDX-License-Identifier: Apache-2.0
// Equality of strings: bytes, broadcasting, sizes that only the data know, errors.
#include "ops/strings/equal_strings.h"

#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace equal_strings_test {

using namespace testing;

Array words(const std::vector<std::string>& values, const Shape& shape) {
  return Array::strings(values, shape);
}

TEST(EqualStrings, ComparesBytes) {
  check_op(
      {.op = equal,
       .inputs = {words({"cat", "dog", "", "Cat"}, {4}), words({"cat", "dogs", "", "cat"}, {4})},
       .expect = bools({true, false, true, false}, {4})});
  // Bytes behind a zero count too.
  check_op({.op = equal,
            .inputs = {words({std::string("a\0b", 3), std::string("a\0", 2)}, {2}),
                       words({std::string("a\0c", 3), "a"}, {2})},
            .expect = bools({false, false}, {2})});
}

TEST(EqualStrings, BroadcastsEitherSide) {
  const Array table = words({"a", "b", "c", "b", "b", "a"}, {2, 3}),
              row = words({"a", "b", "a"}, {3}), column = words({"a", "b"}, {2, 1});
  check_op({.op = equal,
            .inputs = {table, row},
            .expect = bools({true, true, false, false, true, true}, {2, 3})});
  check_op({.op = equal,
            .inputs = {row, column},
            .expect = bools({true, false, true, false, true, false}, {2, 3})});
  check_op({.op = [](const Tensor& x) { return equal("b", x); },
            .inputs = {table},
            .expect = bools({false, true, false, true, true, false}, {2, 3})});
}

TEST(EqualStrings, StretchesMiddleDimensions) {
  check_op({.op = equal,
            .inputs = {words({"a", "b", "c", "d"}, {2, 1, 2}), words({"a", "d"}, {2, 1})},
            .expect = bools({true, false, false, false, false, false, false, true}, {2, 2, 2})});
}

TEST(EqualStrings, OfNothingIsNothing) {
  check_op({.op = equal,
            .inputs = {words({}, {0, 2}), words({"a", "b"}, {2})},
            .expect = bools({}, {0, 2})});
  check_op(
      {.op = equal, .inputs = {words({"a"}, {}), words({"a"}, {})}, .expect = bools({true}, {})});
}

TEST(EqualStrings, NotEqualIsItsOpposite) {
  check_op({.op = not_equal,
            .inputs = {words({"a", "b"}, {2}), words({"a", "c"}, {2})},
            .expect = bools({false, true}, {2})});
}

TEST(EqualStrings, ComparesTheRowsThatAreThere) {
  const auto masked = [](const Tensor& x, const Tensor& first, const Tensor& second) {
    return equal(boolean_mask(x, first), boolean_mask(x, second));
  };
  const Array x = words({"a", "b", "a"}, {3});
  check_op({.op = masked,
            .inputs = {x, bools({true, true, false}, {3}), bools({false, true, true}, {3})},
            .expect = bools({false, false}, {2})});
  base::expect_error(
      [&] {
        run_op(masked, {x, bools({true, true, false}, {3}), bools({true, true, true}, {3})});
      },
      "2 along axis 0, 3 along axis 0 of the other operand");
}

TEST(EqualStrings, RefusesNumbersAndShapesThatDoNotFit) {
  expect_error([] { equal("1", floats({1}, {1})); },
               "[equal_strings] b is float32[1], expected string; pass texts");
  expect_error([] { equal(placeholder(kString, {2}), placeholder(kString, {3})); },
               "shapes [2] and [3] do not broadcast");
}

TEST(IsString, LooksAtTheDtypeOfAnyOperand) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_TRUE(ops::is_string("text"));
  EXPECT_TRUE(ops::is_string(placeholder(kString, {1})));
  EXPECT_FALSE(ops::is_string(placeholder(kFloat32, {1})));
  EXPECT_FALSE(ops::is_string(3));
  EXPECT_FALSE(ops::is_string(true));
}

}  // namespace equal_strings_test
}  // namespace reckon
