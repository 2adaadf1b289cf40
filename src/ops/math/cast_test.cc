// SPDX-License-Identifier: Apache-2.0
// Conversions between dtypes.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace cast_test {

using testing::bools;
using testing::check_op;
using testing::expect_error;
using testing::floats;
using testing::ints;

testing::OpUnderTest to(DType dtype) {
  return [dtype](const Tensor& x) { return cast(x, dtype); };
}

TEST(Cast, DropsFractions) {
  check_op({.op = to(kInt32), .inputs = {{-1.75, 0.5, 2.9}}, .expect = ints({-1, 0, 2}, {3})});
  check_op(
      {.op = to(kUInt8), .inputs = {{1.5, 255}}, .expect = Array::from<uint8_t>({1, 255}, {2})});
  check_op(
      {.op = to(kInt64), .inputs = {ints({-1, 7}, {2})}, .expect = testing::longs({-1, 7}, {2})});
}

TEST(Cast, ToBoolAsksWhetherItIsNotZero) {
  check_op({.op = to(kBool),
            .inputs = {{0, -0.0, 0.5, -3}},
            .expect = bools({false, false, true, true}, {4})});
  check_op(
      {.op = to(kFloat32), .inputs = {bools({true, false}, {2})}, .expect = floats({1, 0}, {2})});
}

/// Enough of them for every width of vectors, and a rest that is none.
Array repeated(const std::vector<float>& values) {
  std::vector<float> all;
  for (int i = 0; i < 7; ++i) all.insert(all.end(), values.begin(), values.end());
  return floats(all, {static_cast<int64_t>(all.size())});
}

// F2, its kind: what no integer is gives the lowest one, folded or run, in vectors and rests.
TEST(Cast, OfWhatNoIntegerIsGivesTheLowest) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> outside = {std::nanf(""), infinity, -infinity, 1e30f, -1e30f};
  const auto all = [&](auto number) {
    return std::vector<decltype(number)>(outside.size() * 7, number);
  };
  const int64_t count = static_cast<int64_t>(outside.size()) * 7;
  check_op(
      {.op = to(kInt32), .inputs = {repeated(outside)}, .expect = ints(all(INT32_MIN), {count})});
  check_op({.op = to(kInt64),
            .inputs = {repeated(outside)},
            .expect = testing::longs(all(int64_t{INT64_MIN}), {count})});
  check_op({.op = to(kUInt8),
            .inputs = {repeated(outside)},
            .expect = Array::from<uint8_t>(all(uint8_t{0}), {count})});
  check_op({.op = to(kBool),
            .inputs = {repeated(outside)},
            .expect = bools(std::vector<bool>(outside.size() * 7, true), {count})});
  check_op({.op = to(kUInt8),
            .inputs = {{-1, 256, 511.5, -300}},
            .expect = Array::from<uint8_t>({255, 0, 255, 212}, {4})});
  check_op({.op = to(kInt32),
            .inputs = {{2147483648.0, -2147483648.0}},
            .expect = ints({INT32_MIN, INT32_MIN}, {2})});
}

TEST(Cast, BetweenFloatsHasAGradient) {
  check_op({.op = to(kFloat64), .inputs = {{0.5, -2}}, .expect = testing::doubles({0.5, -2}, {2})});
  check_op({.op = [](const Tensor& x) { return cast(cast(x, kFloat64), x.dtype()); },
            .inputs = {{0.5, -2}},
            .expect = {0.5, -2}});
}

TEST(Cast, RefusesStrings) {
  expect_error([] { cast("1", kFloat32); },
               "[cast] x is string[] and dtype is float32, expected float32, float64");
}

TEST(SaturateCast, StopsAtTheLimits) {
  check_op({.op = [](const Tensor& x) { return saturate_cast(x, kUInt8); },
            .inputs = {{-5, 3.5, 300}},
            .expect = Array::from<uint8_t>({0, 3, 255}, {3})});
  check_op({.op = [](const Tensor& x) { return saturate_cast(x, kInt32); },
            .inputs = {{-1e10, 7, 1e10}},
            .expect = ints({-2147483647 - 1, 7, 2147483520}, {3}),
            .has_float64 = false});
  check_op({.op = [](const Tensor& x) { return saturate_cast(x, kUInt8); },
            .inputs = {ints({-1, 9, 1000}, {3})},
            .expect = Array::from<uint8_t>({0, 9, 255}, {3})});
}

TEST(SaturateCast, RefusesStringsAtTheUsersLine) {
  expect_error([] { saturate_cast("1", kInt32); },
               "[cast] x is string[] and dtype is int32, expected float32, float64, int32, int64, "
               "uint8 or bool for both; convert strings with the functions of strings, and store "
               "other dtypes as one of these. At cast_test.cc:");
}

TEST(Bitcast, KeepsTheBits) {
  check_op({.op = [](const Tensor& x) { return bitcast(x, kInt32); },
            .inputs = {floats({1, -2}, {2})},
            .expect = ints({0x3f800000, -1073741824}, {2}),
            .has_float64 = false});
}

TEST(Bitcast, StopsGradients) {
  const auto slope = [](const Tensor& x) {
    return gradients(x + bitcast(bitcast(x, kInt32), kFloat32), {x})[0];
  };
  testing::expect_near(testing::run_op(slope, {floats({1, -2}, {2})})[0], floats({1, 1}, {2}), 0,
                       "gradient");
}

TEST(Bitcast, RefusesAnotherSize) {
  expect_error([] { bitcast(floats({1}, {1}), kFloat64); },
               "[bitcast] x is float32[1] and dtype is float64, expected float32 and int32, or "
               "float64 and int64");
}

}  // namespace cast_test
}  // namespace reckon
