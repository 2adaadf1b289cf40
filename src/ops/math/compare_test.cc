// SPDX-License-Identifier: Apache-2.0
// Comparisons: values, NaN, dtypes, errors.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace compare_test {

using testing::bools;
using testing::check_op;
using testing::expect_error;
using testing::floats;
using testing::ints;
using testing::longs;

TEST(Compare, GivesBools) {
  check_op(
      {.op = less, .inputs = {{1, 2, 3}, {2, 2, 2}}, .expect = bools({true, false, false}, {3})});
  check_op({.op = less_equal,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({true, true, false}, {3})});
  check_op({.op = greater,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({false, false, true}, {3})});
  check_op({.op = greater_equal,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({false, true, true}, {3})});
  check_op(
      {.op = equal, .inputs = {{1, 2, 3}, {2, 2, 2}}, .expect = bools({false, true, false}, {3})});
  check_op({.op = not_equal,
            .inputs = {{1, 2, 3}, {2, 2, 2}},
            .expect = bools({true, false, true}, {3})});
}

TEST(Compare, NanIsUnequalToAll) {
  check_op({.op = equal, .inputs = {{NAN, 1}, {NAN, NAN}}, .expect = bools({false, false}, {2})});
  check_op({.op = not_equal, .inputs = {{NAN, 1}, {NAN, NAN}}, .expect = bools({true, true}, {2})});
  check_op({.op = less, .inputs = {{NAN, 1}, {NAN, NAN}}, .expect = bools({false, false}, {2})});
}

TEST(Compare, HasOperatorsThatTakeNumbers) {
  check_op({.op = [](const Tensor& x) { return x > 1 && !(2.5f <= x); },
            .inputs = {{0, 2, 3}},
            .expect = bools({false, true, false}, {3})});
  check_op({.op = [](const Tensor& x) { return x < 1 || x >= 3; },
            .inputs = {ints({0, 2, 3}, {3})},
            .expect = bools({true, false, true}, {3})});
}

TEST(Compare, TakesBoolsForEqualityOnly) {
  check_op({.op = equal,
            .inputs = {bools({true, false}, {2}), bools({true, true}, {2})},
            .expect = bools({true, false}, {2})});
  expect_error([] { less(true, false); },
               "[less] a is bool[], expected float32 or float64 or int32");
}

TEST(Compare, TakesStringsForEqualityOnly) {
  const Array a = Array::strings({"cat", "dog", "", "cat", "dog", "x"}, {2, 3}),
              b = Array::strings({"cat", "cow", ""}, {3});
  check_op({.op = equal,
            .inputs = {a, b},
            .expect = bools({true, false, true, true, false, false}, {2, 3})});
  check_op({.op = [](const Tensor& x) { return not_equal("cat", x); },
            .inputs = {b},
            .expect = bools({false, true, true}, {3})});
  expect_error([] { equal("1", floats({1}, {1})); },
               "[equal_strings] b is float32[1], expected string; pass texts");
}

TEST(Compare, ApproximateEqualAllowsATolerance) {
  check_op({.op = [](const Tensor& a, const Tensor& b) { return approximate_equal(a, b, 0.01); },
            .inputs = {{1, 2}, {1.001, 2.1}},
            .expect = bools({true, false}, {2})});
}

TEST(ApproximateEqual, OfIntegersFarApartDoesNotWrap) {
  const auto near = [](const Tensor& a, const Tensor& b) { return approximate_equal(a, b, 5); };
  check_op({.op = near,
            .inputs = {longs({INT64_MAX, 0, INT64_MIN, 7}, {4}),
                       longs({INT64_MIN, INT64_MIN, INT64_MIN + 4, 12}, {4})},
            .expect = bools({false, false, true, false}, {4})});
  check_op({.op = near,
            .inputs = {ints({INT32_MAX, INT32_MIN, 3}, {3}), ints({-1, INT32_MAX, -1}, {3})},
            .expect = bools({false, false, true}, {3})});
}

}  // namespace compare_test
}  // namespace reckon
