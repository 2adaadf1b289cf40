// SPDX-License-Identifier: Apache-2.0
// Tests for NaN and infinity, at the edges of both float dtypes.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace finite_test {

using namespace testing;

TEST(Finite, TellsNanFromInfinity) {
  const Values x = {1, NAN, INFINITY, -INFINITY, 0};
  check_op({.op = is_nan, .inputs = {x}, .expect = bools({false, true, false, false, false}, {5})});
  check_op({.op = is_inf, .inputs = {x}, .expect = bools({false, false, true, true, false}, {5})});
  check_op(
      {.op = is_finite, .inputs = {x}, .expect = bools({true, false, false, false, true}, {5})});
}

TEST(Finite, KnowsTheEdgesOfBothDtypes) {
  using Single = std::numeric_limits<float>;
  using Double = std::numeric_limits<double>;
  check_op({.op = is_finite,
            .inputs = {floats({Single::max(), Single::lowest(), Single::denorm_min()}, {3})},
            .expect = bools({true, true, true}, {3})});
  check_op({.op = is_finite,
            .inputs = {doubles({Double::max(), Double::denorm_min(), Double::infinity()}, {3})},
            .expect = bools({true, true, false}, {3})});
  // Finite in float64, but not after a cast to float32.
  check_op({.op = [](const Tensor& x) { return is_inf(cast(x, kFloat32)); },
            .inputs = {doubles({1e300, 1}, {2})},
            .expect = bools({true, false}, {2})});
}

TEST(Finite, SeesNanOfEverySignAndPayload) {
  const float quiet = std::bit_cast<float>(0x7fc00001u),
              negative = std::bit_cast<float>(0xffc00000u),
              signaling = std::bit_cast<float>(0x7fa00000u);
  check_op({.op = is_nan,
            .inputs = {floats({quiet, negative, signaling}, {3})},
            .expect = bools({true, true, true}, {3}),
            .has_float64 = false});
}

TEST(Finite, OfManyElementsFindsTheOddOne) {
  std::vector<float> x(1003, 1.0f);
  std::vector<bool> want(1003, false);
  for (size_t i : {size_t{0}, size_t{511}, size_t{1002}}) {
    x[i] = NAN;
    want[i] = true;
  }
  EXPECT_TRUE(run_op(is_nan, {floats(x, {1003})})[0].same_bits(bools(want, {1003})));
}

TEST(Finite, StopsGradients) {
  const auto slope = [](const Tensor& x) {
    return gradients(where(is_finite(x), x * 2, 0), {x})[0];
  };
  const Array got = run_op(slope, {floats({1, 3, NAN}, {3})})[0];
  expect_near(got, floats({2, 2, 0}, {3}), 0, "gradient");
}

TEST(Finite, OfNothingIsNothingAndIntegersAreRefused) {
  check_op({.op = is_inf, .inputs = {floats({}, {0, 2})}, .expect = bools({}, {0, 2})});
  expect_error([] { is_nan(ints({1}, {1})); },
               "[is_nan] x is int32[1], expected float32 or float64; cast it first");
  expect_error([] { is_inf(3); }, "[is_inf] x is int32[]");
  expect_error([] { is_finite(true); }, "[is_finite] x is bool[]");
}

}  // namespace finite_test
}  // namespace reckon
