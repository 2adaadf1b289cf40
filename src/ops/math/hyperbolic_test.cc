// SPDX-License-Identifier: Apache-2.0
// Values, gradients and second gradients of hyperbolic functions.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include "check_op.h"

namespace reckon {
namespace hyperbolic_test {

using testing::check_op;
using testing::expect_error;

TEST(Hyperbolic, Sinh) {
  check_op({.op = sinh,
            .inputs = {{-2, -0.1, 0, 1.5}},
            .expect = {-3.62686041, -0.10016675, 0, 2.12927946},
            .has_second_gradient = true});
}

TEST(Hyperbolic, Cosh) {
  check_op({.op = cosh,
            .inputs = {{-2, -0.1, 0, 1.5}},
            .expect = {3.76219569, 1.00500417, 1, 2.35240962},
            .has_second_gradient = true});
}

TEST(Hyperbolic, Tanh) {
  check_op({.op = tanh,
            .inputs = {{-3, -0.2, 0, 0.75}},
            .expect = {-0.995054754, -0.19737532, 0, 0.635148952},
            .has_second_gradient = true});
}

TEST(Hyperbolic, Asinh) {
  check_op({.op = asinh,
            .inputs = {{-8, -0.1, 0, 1.5}},
            .expect = {-2.77647228, -0.0998340789, 0, 1.19476322},
            .has_second_gradient = true});
}

TEST(Hyperbolic, Acosh) {
  check_op({.op = acosh,
            .inputs = {{1.25, 2, 9}},
            .expect = {0.693147181, 1.3169579, 2.88727095},
            .has_second_gradient = true});
}

TEST(Hyperbolic, Atanh) {
  check_op({.op = atanh,
            .inputs = {{-0.9, -0.1, 0, 0.5}},
            .expect = {-1.47221949, -0.100335348, 0, 0.549306144},
            .has_second_gradient = true});
}

TEST(Hyperbolic, RefusesIntegers) {
  expect_error([] { tanh(testing::longs({1}, {1})); },
               "[tanh] x is int64[1], expected float32 or float64");
}

}  // namespace hyperbolic_test
}  // namespace reckon
