// SPDX-License-Identifier: Apache-2.0
// p -= learning_rate * g: exact in every dtype, and nothing else moves.
#include <reckon/shape_ops.h>

#include "nn/optimizers/trained_variable_testing.h"

namespace reckon::nn {
namespace gradient_descent_test {

TEST(GradientDescent, SubtractsTheRateTimesTheGradient) {
  TrainedVariable w(optimizers::gradient_descent({.learning_rate = 0.25}), Array::scalar(1.0f),
                    with_slope(2));
  w.train(3);
  EXPECT_EQ(w.number(), 1 - 3 * 0.5f);
  EXPECT_EQ(w.value("global_step").item<int64_t>(), 3);
}

TEST(GradientDescent, MovesEachElementByItsOwnGradient) {
  TrainedVariable w(optimizers::gradient_descent({.learning_rate = 0.5}),
                    Array::from<float>({1, -2, 0, 4}, {2, 2}),
                    [](const Tensor& x) { return reduce_sum(square(x)); });
  w.train(1);
  for (int64_t i = 0; i < 4; ++i) EXPECT_EQ(w.value().at<float>(i), 0) << "x - 0.5 * 2 x";
}

TEST(GradientDescent, IsOneHundredthByDefault) {
  TrainedVariable w(optimizers::gradient_descent(), Array::scalar(0.0), with_slope(1));
  w.train(1);
  EXPECT_EQ(w.value().item<double>(), -0.01);
}

TEST(GradientDescent, Float64VariablesTakeTheExactRate) {
  TrainedVariable w(optimizers::gradient_descent({.learning_rate = 0.1}), Array::scalar(0.0),
                    with_slope(3));
  w.train(1);
  EXPECT_EQ(w.value().item<double>(), -(0.1 * 3));
}

TEST(GradientDescent, AGradientOfZeroLeavesTheBitsAlone) {
  TrainedVariable w(optimizers::gradient_descent(), Array::from<float>({-0.0f, 1.5e-38f}, {2}),
                    [](const Tensor& x) { return reduce_sum(x * 0); });
  const Array before = w.value();
  w.train(2);
  EXPECT_EQ(w.value().at<float>(1), before.at<float>(1));
  EXPECT_EQ(w.value().at<float>(0), 0);
}

TEST(GradientDescent, MinimizesAQuadratic) {
  TrainedVariable w(optimizers::gradient_descent({.learning_rate = 0.1}), Array::scalar(5.0f),
                    [](const Tensor& x) { return square(x - 3.0f); });
  w.train(100);
  EXPECT_NEAR(w.number(), 3, 1e-5);
}

TEST(GradientDescent, ClippedGradientsKeepTheirDirection) {
  TrainedVariable w(optimizers::gradient_descent({.learning_rate = 1, .clip_global_norm = 5}),
                    Array::from<float>({0, 0}, {2}), [](const Tensor& x) {
                      return reduce_sum(x * Array::from<float>({30, 40}, {2}));
                    });
  w.train(1);
  EXPECT_FLOAT_EQ(w.value().at<float>(0), -3);
  EXPECT_FLOAT_EQ(w.value().at<float>(1), -4);
}

TEST(GradientDescent, AnEmptyVariableIsTrainedLikeAnyOther) {
  TrainedVariable w(optimizers::gradient_descent(), Array::zeros(kFloat32, {0, 3}),
                    [](const Tensor& x) { return reduce_sum(x); });
  w.train(2);
  EXPECT_EQ(w.value().shape(), (Shape{0, 3}));
  EXPECT_EQ(w.value("global_step").item<int64_t>(), 2);
}

}  // namespace gradient_descent_test
}  // namespace reckon::nn
