// SPDX-License-Identifier: Apache-2.0
// Values of another tensor's shape, and check_numerics.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace identity_test {

using testing::check_op;
using testing::expect_error;
using testing::floats;
using testing::ints;

TEST(Identity, GivesItsInput) { check_op({.op = identity, .inputs = {{1, 2}}, .expect = {1, 2}}); }

TEST(ZerosLike, HasTheShapeAndDtype) {
  check_op(
      {.op = zeros_like, .inputs = {floats({1, 2}, {2, 1})}, .expect = floats({0, 0}, {2, 1})});
  check_op({.op = ones_like, .inputs = {ints({5, 6}, {2})}, .expect = ints({1, 1}, {2})});
  check_op({.op = ones_like,
            .inputs = {testing::bools({false}, {1})},
            .expect = testing::bools({true}, {1})});
}

TEST(ZerosLike, RefusesStrings) {
  expect_error([] { zeros_like("text"); }, "[zeros_like] x is string[], expected float32");
}

TEST(CheckNumerics, PassesFiniteNumbers) {
  check_op({.op = [](const Tensor& x) { return check_numerics(x, "loss"); },
            .inputs = {{1, -2}},
            .expect = {1, -2}});
}

TEST(CheckNumerics, FailsTheStepForOthers) {
  for (float bad : {NAN, INFINITY}) {
    base::expect_error(
        [&] {
          testing::run_op([](const Tensor& x) { return check_numerics(x, "bad loss"); },
                          {floats({1, bad}, {2})});
        },
        "bad loss: element 1 is ");
  }
}

}  // namespace identity_test
}  // namespace reckon
