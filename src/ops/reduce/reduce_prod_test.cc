// SPDX-License-Identifier: Apache-2.0
// Products: zeros in the gradient, several axes, sizes that only the data know.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace reduce_prod_test {

using namespace testing;

OpUnderTest product(Axes axes, bool keep_dims = false) {
  return [=](const Tensor& x) { return reduce_prod(x, axes, {.keep_dims = keep_dims}); };
}

const Array kProdTable = floats({1, 5, 2, -4, 3, 0.5f}, {2, 3});

TEST(ReduceProd, HasTheGradientOfTheOthersEvenAtZeros) {
  const Array x = floats({2, 0, 3, 0, 0, 1}, {2, 3});
  check_op({.op = product(1), .inputs = {x}, .expect = floats({0, 0}, {2})});
  check_op({.op = product(0), .inputs = {x}, .expect = floats({0, 0, 3}, {3})});
}

TEST(ReduceProd, HasASecondGradient) {
  check_op({.op = product(0, true),
            .inputs = {kProdTable},
            .expect = floats({-4, 15, 1}, {1, 3}),
            .has_second_gradient = true});
  check_op({.op = product({}),
            .inputs = {kProdTable},
            .expect = floats({-60}, {}),
            .has_second_gradient = true});
}

TEST(ReduceProd, CoversSeveralAxes) {
  const Array x = floats({1, 2, 3, 1, 2, 1, 1, 2, 1, 1, 2, 3}, {2, 3, 2});
  check_op({.op = product({0, 2}), .inputs = {x}, .expect = floats({4, 3, 12}, {3})});
  check_op({.op = product({1, 2}), .inputs = {x}, .expect = floats({12, 12}, {2})});
  check_op({.op = product(1, true), .inputs = {x}, .expect = floats({6, 2, 2, 6}, {2, 1, 2})});
}

TEST(ReduceProd, OfNothingIsOne) {
  check_op({.op = product(0),
            .inputs = {floats({}, {0, 2})},
            .expect = floats({1, 1}, {2}),
            .has_gradient = false});
  check_op({.op = product({}), .inputs = {floats({7}, {})}, .expect = floats({7}, {})});
  check_op({.op = product(0), .inputs = {floats({7, 8}, {1, 2})}, .expect = {7, 8}});
}

TEST(ReduceProd, OfIntegersWraps) {
  check_op({.op = product({}), .inputs = {ints({65536, 65536, 3}, {3})}, .expect = ints({0}, {})});
  check_op({.op = product(1),
            .inputs = {longs({3, -5, 2, 7}, {2, 2})},
            .expect = longs({-15, 14}, {2})});
}

TEST(ReduceProd, FollowsRowsThatOnlyTheDataCount) {
  const auto masked = [](Axes axes) {
    return [axes](const Tensor& x, const Tensor& mask) {
      return reduce_prod(boolean_mask(x, mask), axes);
    };
  };
  const Array x = floats({1, 2, 3, 4, 5, 6}, {3, 2}), mask = bools({true, false, true}, {3});
  check_op({.op = masked(0), .inputs = {x, mask}, .expect = {5, 12}});
  check_op({.op = masked(1), .inputs = {x, mask}, .expect = {2, 30}});
  check_op({.op = masked({}), .inputs = {x, mask}, .expect = floats({60}, {})});
}

TEST(ReduceProd, RefusesInnerSizesThatOnlyTheDataKnow) {
  // The product of all by itself is no step of this gradient: its own kernel must look.
  const auto slope = [](const Tensor& x, const Tensor& columns, const Tensor& rows) {
    return gradients(reduce_prod(boolean_mask(boolean_mask(x, columns, 1), rows)), {x})[0];
  };
  base::expect_error(
      [&] {
        run_op(slope, {kProdTable, bools({true, false, true}, {3}), bools({true, false}, {2})});
      },
      "dimension 1 of x has a size that only the data knows; only the outermost may");
}

TEST(ReduceProd, RefusesStringsAndBools) {
  expect_error([] { reduce_prod("text"); }, "[reduce_prod] x is string[], expected float32");
  expect_error([] { reduce_prod(true); }, "[reduce_prod] x is bool[], expected float32");
}

// H13, H17: no difference of large sums, no quotient by an element.
TEST(ReduceProd, HasDerivativesOfEveryOrderAtZeros) {
  const auto derivative = [](int order) {
    return [order](const Tensor& x) {
      Tensor y = reduce_prod(x);
      for (int i = 0; i < order; ++i) y = gradients(reduce_sum(y), {x})[0];
      return y;
    };
  };
  for (const double q : {1.0, 1e-2, 1e-8, 1e-17, 0.0}) {
    const Array x = Array::from<double>({q, 3}, {2});
    const Array second = run_op(derivative(2), {x})[0];
    EXPECT_EQ(second.at<double>(0), 1) << q;
    EXPECT_EQ(second.at<double>(1), 1) << q;
  }
  // Sums of the products of all but one, of all but two, of all but three, times the ways to
  // choose.
  const Array x = Array::from<double>({0, 2, 3}, {3});
  const double want[3][3] = {{6, 0, 0}, {5, 3, 2}, {2, 2, 2}};
  for (int order = 1; order <= 3; ++order) {
    const Array got = run_op(derivative(order), {x})[0];
    for (int i = 0; i < 3; ++i) EXPECT_EQ(got.at<double>(i), want[order - 1][i]) << order;
  }
}

TEST(ReduceProd, RefusesDerivativesOfAHigherOrderThanItHas) {
  expect_error(
      [] {
        Tensor x = placeholder(kFloat32, {3});
        Tensor y = reduce_prod(x);
        for (int i = 0; i < 7; ++i) y = gradients(reduce_sum(y), {x})[0];
      },
      "[reduce_prod] a derivative of order 7 is asked for, expected at most 6");
}

}  // namespace reduce_prod_test
}  // namespace reckon
