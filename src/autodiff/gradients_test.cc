// SPDX-License-Identifier: Apache-2.0
#include "autodiff/gradients.h"

#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "check_op.h"

namespace reckon::autodiff {
namespace gradients_test {

using testing::check_op;
using testing::expect_error;

TEST(Gradients, OfSeveralUsesAddUp) {
  const auto op = [](const Tensor& x) { return gradients(x * x + x * 3, {x}); };
  check_op({.op = op, .inputs = {{1, 2}}, .expect = {5, 7}});
}

TEST(Gradients, OfGradientsAreOrdinaryCalls) {
  const auto third = [](const Tensor& x) {
    const Tensor first = gradients(x * x * x * x, {x})[0];
    const Tensor second = gradients(first, {x})[0];
    return gradients(second, {x});
  };
  check_op({.op = third, .inputs = {{1, -2}}, .expect = {24, -48}});
}

TEST(Gradients, StartFromTheGradientThatIsGiven) {
  const auto op = [](const Tensor& x, const Tensor& arriving) {
    return gradients(exp(x), {x}, arriving);
  };
  check_op({.op = op, .inputs = {{0, 1}, {2, 0}}, .expect = {2, 0}});
}

TEST(Gradients, UndoBroadcasts) {
  const auto op = [](const Tensor& a, const Tensor& b) { return gradients(a * b, {a, b}); };
  check_op(
      {.op = op,
       .inputs = {testing::floats({1, 2, 3, 4, 5, 6}, {2, 3}), testing::floats({10, 20}, {2, 1})},
       .expect = {{10, 10, 10, 20, 20, 20}, {6, 15}}});
}

TEST(Gradients, AreZerosForWhatDoesNotMatter) {
  const auto op = [](const Tensor& x, const Tensor& other) { return gradients(x * 2, {x, other}); };
  check_op({.op = op, .inputs = {{1, 2}, {5}}, .expect = {{2, 2}, {0}}});
}

TEST(Gradients, PassThroughAnIntermediateTensor) {
  const auto op = [](const Tensor& x) {
    const Tensor middle = x * 3;
    return gradients(middle * middle, {x, middle});
  };
  check_op({.op = op, .inputs = {{1, 2}}, .expect = {{18, 36}, {6, 12}}});
}

TEST(Gradients, DoNotFlowThroughIntegersAndComparisons) {
  const auto op = [](const Tensor& x) {
    const Tensor counted = cast(cast(x, kInt32), x.dtype());
    return gradients(x * counted * cast(x > 0, x.dtype()), {x});
  };
  check_op({.op = op, .inputs = {{3, -2}}, .expect = {3, 0}, .has_gradient = false});
}

TEST(Gradients, OfAVariableUsedTwiceAddUp) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor w = variable("w", Array::from<float>({1, 2}, {2}));
  const Tensor loss = reduce_sum(w * w) + reduce_sum(w * 5);
  const Tensor grad = gradients(loss, {w})[0];
  Session session(graph);
  session.initialize_variables();
  const Array got = session.run({.fetches = {grad}})[0];
  EXPECT_EQ(got.at<float>(0), 7);
  EXPECT_EQ(got.at<float>(1), 9);
}

TEST(Gradients, CarryTheNamesScopeAndTheForwardLine) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  const int line = __LINE__ + 1;
  const Tensor y = exp(x);
  const Tensor grad = gradients(y, {x})[0];
  EXPECT_EQ(grad.name().rfind("gradients/", 0), 0u) << grad.name();
  EXPECT_EQ(grad.place().line, line);
}

TEST(Gradients, RefuseIntegers) {
  expect_error(
      [] {
        const Tensor x = placeholder(kInt32, {2});
        gradients(x * 2, {x});
      },
      "[gradients] y is int32[2], expected float32 or float64");
}

TEST(Gradients, RefuseAnArrivingGradientOfAnotherShape) {
  const auto refuse = [](const Shape& y_shape, const Operand& grad_y, const char* text) {
    expect_error(
        [&] {
          const Tensor x = placeholder(kFloat32, y_shape);
          gradients(x * x, {x}, grad_y);
        },
        text);
  };
  refuse({3}, 2.0f,
         "[gradients] grad_y is float32[] but y is float32[3]; both need one dtype and shape: use "
         "cast or broadcast_to. At gradients_test.cc:");
  refuse({}, testing::floats({1, 2, 3}, {3}),
         "[gradients] grad_y is float32[3] but y is float32[]");
  refuse({kUnknown, 3}, testing::floats({1, 2}, {1, 2}), "grad_y is float32[1, 2] but y is");
  refuse({3}, testing::doubles({1, 2, 3}, {3}), "[gradients] grad_y is float64[3] but y is");
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown});
  EXPECT_EQ(gradients(x * x, {x}, testing::floats({1, 2}, {2})).size(), 1u) << "it may fit";
}

TEST(Gradients, OfAnOuterValueAreTakenWhereItIs) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {}, "x");
  const Tensor y = x * x * x;
  const Tensor sum = while_loop([](const Tensors& v) { return v[0] < 3; },
                                [&](const Tensors& v) {
                                  return Tensors{v[0] + 1, v[1] + gradients(y, {x})[0]};
                                },
                                {0, 1.0f})[1];
  const Tensor chosen = cond(
      x > 0, [&] { return gradients(y, {x})[0]; }, [&] { return gradients(x, {y})[0]; });
  const Feeds feeds = {{x, Array::scalar(2.0f)}};
  EXPECT_EQ(evaluate_now(sum, feeds).item<float>(), 37);
  EXPECT_EQ(evaluate_now(chosen, feeds).item<float>(), 12);
  EXPECT_EQ(evaluate_now(gradients(chosen, {x})[0], feeds).item<float>(), 12);
}

TEST(Gradients, OfAnOuterValueForAnInnerOneAreZero) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor y = placeholder(kFloat32, {}, "y");
  const Tensor last = while_loop(
      [](const Tensors& v) { return v[0] < 3.0f; },
      [&](const Tensors& v) { return Tensors{v[0] + 1 + gradients(y, {v[0]})[0]}; }, {0.0f})[0];
  EXPECT_EQ(evaluate_now(last, {{y, Array::scalar(2.0f)}}).item<float>(), 3);
}

TEST(Gradients, OfAnInnerValueLeadOnThroughWhatItCaptured) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {}, "x");
  const Tensor square = x * x;
  const Tensor chosen = cond(
      x > 0, [&] { return gradients(square * x, {x})[0]; }, [&] { return x; });
  const Tensor sum =
      while_loop([](const Tensors& v) { return v[0] < 2; },
                 [&](const Tensors& v) {
                   const Tensor cube = cond(
                       x > 0, [&] { return gradients(square * x, {x})[0]; }, [&] { return x; });
                   return Tensors{v[0] + 1, v[1] + cube};
                 },
                 {0, 0.0f})[1];
  const Feeds feeds = {{x, Array::scalar(2.0f)}};
  EXPECT_EQ(evaluate_now(chosen, feeds).item<float>(), 12);
  EXPECT_EQ(evaluate_now(gradients(chosen, {x})[0], feeds).item<float>(), 12);
  EXPECT_EQ(evaluate_now(sum, feeds).item<float>(), 24);
  EXPECT_EQ(evaluate_now(gradients(sum, {x})[0], feeds).item<float>(), 24);
}

}  // namespace gradients_test
}  // namespace reckon::autodiff
