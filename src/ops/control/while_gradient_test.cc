// SPDX-License-Identifier: Apache-2.0
// Gradients of loops: through carried and captured values, of loops within loops and branches, of
// values that nothing reads, twice.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/nn.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace while_gradient_test {

using namespace testing;

/// `count` times v = body(v), a counter beside it.
Tensor repeated(const Tensor& v, int count, const std::function<Tensor(const Tensor&)>& body) {
  return while_loop([count](const Tensors& x) { return x[0] < count; },
                    [&](const Tensors& x) {
                      return Tensors{x[0] + 1, body(x[1])};
                    },
                    {0, v})[1];
}

TEST(WhileGradient, FlowsThroughCarriedAndCapturedValues) {
  // v = v w + c, three times: v w^3 + c (w^2 + w + 1).
  const auto op = [](const Tensor& v, const Tensor& w, const Tensor& c) {
    return repeated(v, 3, [&](const Tensor& x) { return x * w + c; });
  };
  check_op({.op = op,
            .inputs = {{1, 2}, {2, 0.5}, {3, -1}},
            .expect = {29, -1.5},
            .has_second_gradient = true});
}

TEST(WhileGradient, SumsACapturedValueOverABroadcast) {
  const auto op = [](const Tensor& v, const Tensor& scale) {
    return repeated(v, 2, [&](const Tensor& x) { return x * scale; });
  };
  check_op({.op = op,
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), floats({3}, {})},
            .expect = floats({9, 18, 27, 36}, {2, 2}),
            .has_second_gradient = true});
}

TEST(WhileGradient, OfALoopThatNeverRunsIsThatOfItsInput) {
  const auto op = [](const Tensor& v, const Tensor& w) {
    return repeated(v, 0, [&](const Tensor& x) { return x * w; });
  };
  check_op({.op = op, .inputs = {{1, 2}, {3, 4}}, .expect = {1, 2}, .has_second_gradient = true});
}

TEST(WhileGradient, StopsWhereTheDataStoppedTheLoop) {
  // Doubles until the sum passes 10: the count of steps depends on the data, the slope is 2^steps.
  const auto op = [](const Tensor& v) {
    return while_loop([](const Tensors& x) { return reduce_sum(x[0]) < 10.0; },
                      [](const Tensors& x) { return Tensors{x[0] * 2}; }, {v})[0];
  };
  check_op({.op = op, .inputs = {{1, 2}}, .expect = {4, 8}, .has_second_gradient = true});
  check_op({.op = op, .inputs = {{0.25, 0.5}}, .expect = {4, 8}});
}

TEST(WhileGradient, OfSeveralCarriedValuesThatMix) {
  const auto op = [](const Tensor& a, const Tensor& b) {
    const Tensors last = while_loop([](const Tensors& x) { return x[0] < 3; },
                                    [](const Tensors& x) {
                                      return Tensors{x[0] + 1, x[2], x[1] * x[2]};
                                    },
                                    {0, a, b});
    return Tensors{last[1], last[2]};
  };
  // (a, b) -> (b, ab) -> (ab, ab^2) -> (ab^2, a^2 b^3).
  check_op({.op = op,
            .inputs = {{2}, {3}},
            .expect = {Values{18}, Values{108}},
            .has_second_gradient = true});
}

TEST(WhileGradient, OfAValueThatTheLossDoesNotReadIsZero) {
  const auto slope = [](const Tensor& a, const Tensor& b) {
    const Tensors last = while_loop([](const Tensors& x) { return x[0] < 2; },
                                    [](const Tensors& x) {
                                      return Tensors{x[0] + 1, x[1] * 3, x[2] * 5};
                                    },
                                    {0, a, b});
    return gradients(last[1], {a, b});
  };
  const std::vector<Array> got = run_op(slope, {floats({1, 1}, {2}), floats({1}, {1})});
  expect_near(got[0], floats({9, 9}, {2}), 0, "d a");
  expect_near(got[1], floats({0}, {1}), 0, "d b");
}

TEST(WhileGradient, ObeysTheLimitOfIterations) {
  const auto op = [](const Tensor& v) {
    return while_loop([](const Tensors&) { return Operand(true).resolve(); },
                      [](const Tensors& x) { return Tensors{x[0] * x[0]}; }, {v},
                      {.maximum_iterations = 3})[0];
  };
  check_op(
      {.op = op, .inputs = {{1.5, -1}}, .expect = {25.62890625, 1}, .has_second_gradient = true});
}

TEST(WhileGradient, OfALoopWithinALoop) {
  const auto op = [](const Tensor& v, const Tensor& w) {
    return repeated(v, 2, [&](const Tensor& x) {
      return repeated(x, 3, [&](const Tensor& y) { return sin(y * w); }) + x;
    });
  };
  const auto step = [](double x, double w) {
    double y = x;
    for (int i = 0; i < 3; ++i) y = std::sin(y * w);
    return y + x;
  };
  check_op({.op = op,
            .inputs = {{0.5, 1}, {0.75, 2}},
            .expect = {step(step(0.5, 0.75), 0.75), step(step(1, 2), 2)},
            .tolerance = 1e-6});
}

TEST(WhileGradient, OfABranchInTheBody) {
  const auto op = [](const Tensor& v) {
    return while_loop([](const Tensors& x) { return x[0] < 4; },
                      [](const Tensors& x) {
                        const Tensor next = cond(
                            equal(floormod(x[0], 2), 0), [&] { return x[1] * 3; },
                            [&] { return square(x[1]); });
                        return Tensors{x[0] + 1, next};
                      },
                      {0, v})[1];
  };
  // ((3 v)^2 3)^2 = 729 v^4
  check_op({.op = op, .inputs = {{1, 0.5}}, .expect = {729, 45.5625}, .gradient_tolerance = 1e-3});
}

TEST(WhileGradient, IndexesCapturedRows) {
  // Row i is added in iteration i: gradients meet in the rows of a captured table.
  const auto op = [](const Tensor& table) {
    return while_loop([](const Tensors& x) { return x[0] < 3; },
                      [&](const Tensors& x) {
                        return Tensors{x[0] + 1, x[1] * 2 + gather(table, x[0])};
                      },
                      {0, zeros_like(gather(table, 0))})[1];
  };
  check_op({.op = op,
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2})},
            .expect = {15, 22},
            .has_second_gradient = true});
}

TEST(WhileGradient, ReplaysTheRandomNumbersOfTheLoop) {
  const auto both = [](const Tensor& v) {
    const Tensor last =
        repeated(v, 3, [](const Tensor& x) { return nn::dropout(x, {.rate = 0.25}); });
    return Tensors{last, gradients(last, {v})[0]};
  };
  const std::vector<Array> got = run_op(both, {Array::from(std::vector<float>(64, 1.0f), {64})});
  EXPECT_TRUE(got[0].same_bits(got[1]));
}

TEST(WhileGradient, CountsItsOwnDtype) {
  const auto op = [](const Tensor& v) {
    return repeated(v, 2, [](const Tensor& x) { return x / 3; });
  };
  const Array x = doubles({1}, {1});
  const auto slope = [&](const Tensor& v) { return gradients(op(v), {v})[0]; };
  EXPECT_EQ(run_op(slope, {x})[0].at<double>(0), 1.0 / 3 / 3);
}

TEST(WhileGradient, RefusesCapturedSizesThatOnlyTheDataKnow) {
  const auto slope = [](const Tensor& v, const Tensor& mask) {
    const Tensor rows = boolean_mask(v, mask);
    const Tensor last = repeated(v, 2, [&](const Tensor& x) { return x * reduce_sum(rows); });
    return gradients(last, {v})[0];
  };
  expect_error(
      [&] {
        run_op(slope, {floats({1, 2}, {2}), bools({true, false}, {2})});
      },
      "[while_loop] a value has a size that only the data knows; keep it outside");
}

TEST(WhileGradient, HasAThirdGradient) {
  const auto third = [](const Tensor& x) {
    const Tensor fourth_power = while_loop([](const Tensors& v) { return v[0] < 4; },
                                           [&](const Tensors& v) {
                                             return Tensors{v[0] + 1, v[1] * x};
                                           },
                                           {0, ones_like(x)})[1];
    Tensor slope = fourth_power;
    for (int i = 0; i < 3; ++i) slope = gradients(slope, {x})[0];
    return slope;
  };
  EXPECT_EQ(run_op(third, {floats({1.5f}, {})})[0].item<float>(), 36);
}

}  // namespace while_gradient_test
}  // namespace reckon
