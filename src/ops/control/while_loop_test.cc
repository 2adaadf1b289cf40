// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "check_op.h"

namespace reckon::testing {
namespace while_loop_test {

/// `count` times v = tanh(v * w); the counter comes first.
OpUnderTest tanh_loop(int count) {
  return [count](const Tensor& v, const Tensor& w) {
    return while_loop([&](const Tensors& x) { return x[0] < count; },
                      [&](const Tensors& x) {
                        return Tensors{x[0] + 1, tanh(x[1] * w)};
                      },
                      {0, v});
  };
}

TEST(WhileLoop, RepeatsItsBodyAndDifferentiatesThroughIt) {
  const Values v = {0.5, -1}, w = {1.5, 0.8};
  check_op({.op = tanh_loop(0),
            .inputs = {v, w},
            .expect = {{0}, {0.5, -1}},
            .has_second_gradient = true});
  check_op({.op = tanh_loop(1),
            .inputs = {v, w},
            .expect = {{1}, {0.6351489524, -0.6640367703}},
            .has_second_gradient = true});
  check_op({.op = tanh_loop(4),
            .inputs = {v, w},
            .expect = {{4}, {0.8357467816, -0.2880486689}},
            .has_second_gradient = true});
}

TEST(WhileLoop, StopsWhenTheConditionOfTheDataIsFalse) {
  const auto op = [](const Tensor& v) {
    return while_loop([](const Tensors& x) { return reduce_sum(x[1] * x[1]) < 100.0; },
                      [](const Tensors& x) {
                        return Tensors{x[0] + 1, x[1] * 2};
                      },
                      {0, v});
  };
  check_op({.op = op, .inputs = {{1, 2}}, .expect = {{3}, {8, 16}}});
  check_op({.op = op, .inputs = {{10, 2}}, .expect = {{0}, {10, 2}}});
}

TEST(WhileLoop, ExchangesCarriedValuesWithoutCopyingOneOverTheOther) {
  const auto op = [](const Tensor& a, const Tensor& b) {
    const auto fibonacci = [](const Tensors& x) { return Tensors{x[1], x[0] + x[1]}; };
    return while_loop([](const Tensors& x) { return reduce_sum(x[1]) < 50; }, fibonacci, {a, b});
  };
  check_op({.op = op, .inputs = {{0}, {1}}, .expect = {Values{34}, Values{55}}});
}

TEST(WhileLoop, ObeysTheLimitOfIterations) {
  const auto op = [](const Tensor& x) {
    return while_loop([](const Tensors&) { return Operand(true).resolve(); },
                      [](const Tensors& v) { return Tensors{v[0] * 3}; }, {x},
                      {.maximum_iterations = 2});
  };
  check_op({.op = op, .inputs = {{1, 2}}, .expect = {9, 18}, .has_second_gradient = true});
}

TEST(WhileLoop, Nests) {
  const auto op = [](const Tensor& x) {
    const auto is_below_2 = [](const Tensors& v) { return v[0] < 2; };
    const auto inner = [&](const Tensors& v) { return Tensors{v[0] + 1, v[1] * x}; };
    const auto outer = [&](const Tensors& v) {
      return Tensors{v[0] + 1, while_loop(is_below_2, inner, {0, v[1]})[1]};
    };
    return while_loop(is_below_2, outer, {0, x})[1];
  };
  check_op({.op = op, .inputs = {{1.5, 0.5}}, .expect = {7.59375, 0.03125}});
}

TEST(WhileLoop, GradientsOfManyRunsStayEqual) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor v = placeholder(kFloat32, {2}), count = placeholder(kInt32, {});
  const Tensors last = while_loop([&](const Tensors& x) { return x[0] < count; },
                                  [&](const Tensors& x) {
                                    return Tensors{x[0] + 1, x[1] * 1.25};
                                  },
                                  {0, v});
  const Tensor grad = gradients(last[1], {v})[0];
  Session session(graph);
  // The tape grows, is kept, and is used again by shorter and longer loops.
  for (int iterations : {3, 40, 0, 7, 200}) {
    const Feeds feeds = {{v, floats({1, 2}, {2})}, {count, Array::scalar(iterations)}};
    const Array got = session.run({.fetches = {grad}, .feeds = feeds})[0];
    float want = 1;
    for (int i = 0; i < iterations; ++i) want *= 1.25f;
    EXPECT_EQ(got.at<float>(0), want) << iterations;
  }
}

TEST(WhileLoop, RefusesABodyThatChangesAShape) {
  expect_error(
      [] {
        const Tensor x = placeholder(kFloat32, {2});
        while_loop([](const Tensors& v) { return v[0] < 3; },
                   [](const Tensors& v) {
                     return Tensors{v[0] + 1, concat({v[1], v[1]}, 0)};
                   },
                   {0, x});
      },
      "[while_loop] the body turns int32[], float32[2] into int32[], float32[4]");
}

TEST(WhileLoop, RefusesABodyThatChangesADType) {
  expect_error(
      [] {
        const Tensor x = placeholder(kFloat32, {2});
        while_loop([](const Tensors& v) { return v[0] < 3; },
                   [](const Tensors& v) {
                     return Tensors{v[0] + 1, cast(v[1], kInt32)};
                   },
                   {0, x});
      },
      "[while_loop] the body turns int32[], float32[2] into int32[], int32[2]");
}

TEST(WhileLoop, RefusesAConditionThatIsNoFlag) {
  expect_error(
      [] {
        const Tensor x = placeholder(kFloat32, {2});
        while_loop([](const Tensors& v) { return v[0] < 3; }, [](const Tensors& v) { return v; },
                   {x});
      },
      "[while_loop] the condition gives bool[2], expected bool[]");
}

TEST(WhileLoop, RefusesToCarryNothing) {
  expect_error(
      [] {
        while_loop([](const Tensors&) { return Tensor(); }, [](const Tensors& v) { return v; }, {});
      },
      "[while_loop] came without carried values");
}

TEST(WhileLoop, RefusesEmptyFunctionsAndANegativeLimit) {
  const auto same = [](const Tensors& v) { return v; };
  const auto never = [](const Tensors& v) { return v[0] < 0; };
  expect_error([&] { while_loop({}, same, {1}); }, "[while_loop] a function is empty");
  expect_error([&] { while_loop(never, {}, {1}); }, "[while_loop] a function is empty");
  expect_error([&] { while_loop(never, same, {1}, {.maximum_iterations = -1}); },
               "[while_loop] maximum_iterations is -1, expected 0 or more");
}

TEST(WhileLoop, AFaultInTheBodyNamesTheBodysLine) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor table = placeholder(kFloat32, {3}, "table");
  int line = 0;
  const auto body = [&](const Tensors& v) {
    line = __LINE__ + 1;
    const Tensor row = gather(table, v[0]);
    return Tensors{v[0] + 1, v[1] + row};
  };
  const Tensor sum = while_loop([](const Tensors& v) { return v[0] < 5; }, body, {0, zeros({})})[1];
  expect_error(
      [&] {
        evaluate_now(sum, {{table, floats({1, 2, 3}, {3})}});
      },
      "[gather] index 3 is not in [0, 3)");
  expect_error(
      [&] {
        evaluate_now(sum, {{table, floats({1, 2, 3}, {3})}});
      },
      "while_loop_test.cc:" + std::to_string(line));
}

}  // namespace while_loop_test
}  // namespace reckon::testing
