// SPDX-License-Identifier: Apache-2.0
// argmax and argmin: ties, NaN, axes, dtypes, many rows, axes that are empty.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace argmax_test {

using namespace testing;

OpUnderTest largest(int axis = 0, DType dtype = kInt64) {
  return [=](const Tensor& x) { return argmax(x, axis, dtype); };
}
OpUnderTest smallest(int axis = 0, DType dtype = kInt64) {
  return [=](const Tensor& x) { return argmin(x, axis, dtype); };
}

const Array kTable = floats({1, 5, 5, -2, -2, 0}, {2, 3});

TEST(Argmax, FindsTheFirstExtremeAlongAnAxis) {
  check_op({.op = largest(-1), .inputs = {kTable}, .expect = longs({1, 2}, {2})});
  check_op({.op = largest(0), .inputs = {kTable}, .expect = longs({0, 0, 0}, {3})});
  check_op({.op = smallest(1), .inputs = {kTable}, .expect = longs({0, 0}, {2})});
  check_op({.op = smallest(0, kInt32), .inputs = {kTable}, .expect = ints({1, 1, 1}, {3})});
}

TEST(Argmax, WalksAMiddleAxis) {
  const Array x = floats({1, 9, 5, 2, 3, 4, 8, 1, 8, 7, 0, 7}, {2, 3, 2});
  check_op({.op = largest(1), .inputs = {x}, .expect = longs({1, 0, 0, 1}, {2, 2})});
  check_op({.op = smallest(1), .inputs = {x}, .expect = longs({0, 1, 2, 0}, {2, 2})});
}

TEST(Argmax, PassesNanOver) {
  check_op({.op = largest(), .inputs = {{NAN, 1, NAN, 3}}, .expect = longs({3}, {})});
  check_op({.op = smallest(), .inputs = {{5, NAN, 3}}, .expect = longs({2}, {})});
  check_op({.op = largest(), .inputs = {{NAN, NAN}}, .expect = longs({0}, {})});
  check_op({.op = largest(), .inputs = {{-INFINITY, -INFINITY}}, .expect = longs({0}, {})});
}

TEST(Argmax, TakesNumbersOfEverySizeAndBools) {
  const auto position = [](const OpUnderTest& op, const Array& x) {
    return run_op(op, {x})[0].item<int64_t>();
  };
  EXPECT_EQ(position(largest(), Array::from<int8_t>({-128, 127, 0}, {3})), 1);
  EXPECT_EQ(position(smallest(), Array::from<int16_t>({5, -300}, {2})), 1);
  EXPECT_EQ(position(largest(), Array::from<uint8_t>({200, 100}, {2})), 0);
  EXPECT_EQ(position(largest(), Array::from<uint16_t>({1, 60000}, {2})), 1);
  EXPECT_EQ(position(largest(), Array::from<uint32_t>({1, 4000000000u}, {2})), 1);
  EXPECT_EQ(position(largest(), Array::from<uint64_t>({1ull << 63, 1}, {2})), 0);
  EXPECT_EQ(position(largest(), longs({1, (int64_t{1} << 53) + 1, int64_t{1} << 53}, {3})), 1);
  EXPECT_EQ(position(largest(), bools({false, true}, {2})), 1);
  EXPECT_EQ(position(smallest(), doubles({0.1, -0.1}, {2})), 1);
}

TEST(Argmax, OfManyRowsEqualsRowByRow) {
  constexpr int64_t kRows = 1000, kColumns = 67;
  std::vector<float> x(kRows * kColumns);
  std::vector<int64_t> want(kRows);
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i * i % 7919));
  for (int64_t row = 0; row < kRows; ++row) {
    const float* first = x.data() + row * kColumns;
    want[row] = std::max_element(first, first + kColumns) - first;
  }
  EXPECT_TRUE(
      run_op(largest(1), {floats(x, {kRows, kColumns})})[0].same_bits(longs(want, {kRows})));
}

TEST(Argmax, WalksInnerSizesThatOnlyTheDataKnow) {
  const Array x = floats({1, 9, 3, 6, 9, 4}, {2, 3}), mask = bools({true, false, true}, {3});
  for (int axis : {0, 1}) {
    check_op({.op = [axis](const Tensor& t,
                           const Tensor& m) { return argmax(boolean_mask(t, m, 1), axis); },
              .inputs = {x, mask},
              .expect = axis == 0 ? longs({1, 1}, {2}) : longs({1, 0}, {2})});
  }
}

TEST(Argmax, OfNoRowsIsEmptyButOfNoElementsAnError) {
  check_op({.op = largest(1), .inputs = {floats({}, {0, 3})}, .expect = longs({}, {0})});
  expect_error(
      [] {
        argmin(placeholder(kFloat32, {0, 3}));
      },
      "[argmin] axis 0 of float32[0, 3] is empty; there is no position to return");
  const auto masked = [](const Tensor& x, const Tensor& mask) {
    return argmax(boolean_mask(x, mask));
  };
  const Array x = floats({1, 3, 2}, {3});
  check_op(
      {.op = masked, .inputs = {x, bools({true, false, true}, {3})}, .expect = longs({1}, {})});
  base::expect_error(
      [&] {
        run_op(masked, {x, bools({false, false, false}, {3})});
      },
      "the axis is empty in this batch");
}

TEST(Argmax, RefusesAxesAndDtypesThatCannotBe) {
  expect_error(
      [] {
        argmax(placeholder(kFloat32, {2, 3}), 2);
      },
      "[argmax] axis is 2 but x is float32[2, 3]; pass an axis in [-2, 2)");
  expect_error([] { argmin(placeholder(kFloat32, {})); }, "[argmin] axis is 0 but x is float32[]");
  expect_error([] { argmax(placeholder(kString, {1})); }, "[argmax] x is string[1], expected");
  expect_error([] { argmax(placeholder(kFloat32, {1}), 0, kFloat32); },
               "[argmax] dtype is float32, expected int32 or int64; cast the result");
}

}  // namespace argmax_test
}  // namespace reckon
