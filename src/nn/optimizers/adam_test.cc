// SPDX-License-Identifier: Apache-2.0
// Adam as TensorFlow's version 1 has it, by hand: bias-corrected moments, epsilon outside the root.
#include <cmath>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "nn/optimizers/trained_variable_testing.h"

namespace reckon::nn {
namespace adam_test {

TEST(Adam, FollowsTheFormulaInFloat64) {
  const double rate = 0.01, beta1 = 0.8, beta2 = 0.95, epsilon = 1e-3, slope = 0.3;
  TrainedVariable w(
      optimizers::adam({.learning_rate = rate, .beta1 = beta1, .beta2 = beta2, .epsilon = epsilon}),
      Array::scalar(1.0), with_slope(slope));
  double mean = 0, variance = 0, want = 1;
  for (int t = 1; t <= 20; ++t) {
    w.train(1);
    mean += (1 - beta1) * (slope - mean);
    variance += (1 - beta2) * (slope * slope - variance);
    want -= rate * std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t)) * mean /
            (std::sqrt(variance) + epsilon);
    // The running powers are float32, as in TensorFlow.
    ASSERT_NEAR(w.value().item<double>(), want, 1e-7 * t) << t;
  }
  EXPECT_NEAR(w.value("w/Adam").item<double>(), mean, 1e-14);
  EXPECT_NEAR(w.value("w/Adam_1").item<double>(), variance, 1e-14);
}

TEST(Adam, TheFirstStepIsTheRateWhateverTheGradient) {
  for (const double slope : {0.1, 1.0, 1e4}) {
    TrainedVariable w(optimizers::adam({.learning_rate = 0.5}), Array::scalar(0.0f),
                      with_slope(slope));
    w.train(1);
    EXPECT_NEAR(w.number(), -0.5, 1e-4) << slope;
  }
}

// Inside the root it would be sqrt(variance + epsilon): a third of the step here.
TEST(Adam, EpsilonStandsOutsideOfTheRoot) {
  TrainedVariable w(optimizers::adam({.learning_rate = 1, .beta1 = 0, .beta2 = 0, .epsilon = 0.5}),
                    Array::scalar(0.0f), with_slope(0.25));
  w.train(1);
  EXPECT_FLOAT_EQ(w.number(), -0.25f / (0.25f + 0.5f));
}

TEST(Adam, ItsPowersAreThoseOfTheStepsToCome) {
  TrainedVariable w(optimizers::adam({.beta1 = 0.5, .beta2 = 0.25}), Array::scalar(0.0f),
                    with_slope(1));
  EXPECT_EQ(w.number("beta1_power"), 0.5f);
  EXPECT_EQ(w.number("beta2_power"), 0.25f);
  w.train(3);
  EXPECT_EQ(w.number("beta1_power"), 0.0625f);
  EXPECT_EQ(w.number("beta2_power"), 0.00390625f);
}

TEST(Adam, AGradientOfZeroMovesNothingAtFirst) {
  TrainedVariable w(optimizers::adam(), Array::scalar(2.0f), with_slope(0));
  w.train(5);
  EXPECT_EQ(w.number(), 2) << "0 / (sqrt(0) + epsilon)";
}

// TensorFlow's sparse Adam: rows that nothing touches go on moving by their fading moments.
TEST(Adam, RowsThatWereGatheredOnceGoOnMoving) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor table = variable("table", Array::zeros(kFloat32, {2, 1}));
  const Tensor index = placeholder(kInt32, {1});
  const Operation train =
      optimizers::adam({.learning_rate = 0.1}).minimize(reduce_sum(gather(table, index)));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}, .feeds = {{index, Array::from<int32_t>({0}, {1})}}});
  const float after_one = session.variable_value("table").at<float>(0);
  EXPECT_NEAR(after_one, -0.1, 1e-4);
  session.run({.targets = {train}, .feeds = {{index, Array::from<int32_t>({1}, {1})}}});
  EXPECT_LT(session.variable_value("table").at<float>(0), after_one);
  EXPECT_NEAR(session.variable_value("table/Adam").at<float>(0), 0.1f * 0.9f, 1e-6);
}

TEST(Adam, MinimizesAQuadratic) {
  TrainedVariable w(optimizers::adam({.learning_rate = 0.1}), Array::from<float>({5, -5, 0}, {3}),
                    [](const Tensor& x) { return reduce_sum(square(x - 3.0f)); });
  w.train(300);
  for (int64_t i = 0; i < 3; ++i) EXPECT_NEAR(w.value().at<float>(i), 3, 1e-2);
}

TEST(Adam, RefusesBetasAndEpsilonsThatCannotBe) {
  base::expect_error([] { optimizers::adam({.beta1 = 1}); }, ErrorCode::kInvalidArgument,
                     "[adam] beta1 is 1, expected a number in [0, 1)");
  base::expect_error([] { optimizers::adam({.beta2 = -0.5}); }, "[adam] beta2 is -0.5,");
  base::expect_error([] { optimizers::adam({.epsilon = -1}); }, "[adam] epsilon is -1,");
}

TEST(Adam, RefusesBetasThatAreOneInTheVariablesDtype) {
  const auto minimize = [](DType dtype) {
    Graph graph;
    const GraphScope scope(graph);
    const Tensor w = variable("w", cast(ones({2}), dtype));
    optimizers::adam({.beta2 = 1 - 1e-12}).minimize(reduce_sum(w));
  };
  EXPECT_NO_THROW(minimize(kFloat64));
  base::expect_error([&] { minimize(kFloat32); }, ErrorCode::kInvalidArgument,
                     "[adam] beta2 is 1, which is 1 as float32, expected less");
  base::expect_error([] { optimizers::adam({.epsilon = INFINITY}); },
                     "expected 0 or more, and finite");
}

}  // namespace adam_test
}  // namespace reckon::nn
