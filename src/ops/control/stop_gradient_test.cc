// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/math.h>

#include "check_op.h"

namespace reckon::testing {
namespace stop_gradient_test {

TEST(StopGradient, KeepsTheValueAndDropsTheGradient) {
  const auto gradient = [](const Tensor& x) { return gradients(stop_gradient(x) * x, {x}); };
  check_op({.op = gradient, .inputs = {{2, -3}}, .expect = {2, -3}, .has_gradient = false});
}

TEST(StopGradient, GivesZerosIfNothingElseDepends) {
  const auto gradient = [](const Tensor& x) { return gradients(stop_gradient(exp(x)), {x}); };
  check_op({.op = gradient, .inputs = {{2, -3}}, .expect = {0, 0}, .has_gradient = false});
}

TEST(StopGradient, LeavesIntegersAlone) {
  check_op({.op = [](const Tensor& x) { return stop_gradient(x); },
            .inputs = {ints({1, 2}, {2})},
            .expect = ints({1, 2}, {2})});
}

}  // namespace stop_gradient_test
}  // namespace reckon::testing
