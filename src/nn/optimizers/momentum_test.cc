// SPDX-License-Identifier: Apache-2.0
// v = momentum * v + g, with and without Nesterov's look ahead, by hand.
#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "nn/optimizers/trained_variable_testing.h"

namespace reckon::nn {
namespace momentum_test {

TEST(Momentum, KeepsAVelocityThatFades) {
  TrainedVariable w(optimizers::momentum({.learning_rate = 1, .momentum = 0.5}),
                    Array::scalar(0.0f), with_slope(4));
  float velocity = 0, want = 0;
  for (int step = 0; step < 4; ++step) {
    w.train(1);
    velocity = 0.5f * velocity + 4;
    want -= velocity;
    EXPECT_EQ(w.number("w/Momentum"), velocity) << step;
    EXPECT_EQ(w.number(), want) << step;
  }
}

TEST(Momentum, NesterovLooksOneStepAhead) {
  TrainedVariable w(
      optimizers::momentum({.learning_rate = 1, .momentum = 0.5, .use_nesterov = true}),
      Array::scalar(0.0f), with_slope(4));
  float velocity = 0, want = 0;
  for (int step = 0; step < 4; ++step) {
    w.train(1);
    velocity = 0.5f * velocity + 4;
    want -= 4 + 0.5f * velocity;
    EXPECT_EQ(w.number(), want) << step;
  }
}

TEST(Momentum, TheRateScalesTheStepAndNotTheVelocity) {
  TrainedVariable w(optimizers::momentum({.learning_rate = 0.25, .momentum = 0.5}),
                    Array::scalar(0.0f), with_slope(4));
  w.train(2);
  EXPECT_EQ(w.number("w/Momentum"), 6);
  EXPECT_EQ(w.number(), -0.25f * (4 + 6));
}

TEST(Momentum, OfZeroIsGradientDescent) {
  const auto loss = [](const Tensor& x) { return reduce_sum(square(x)); };
  const Array start = Array::from<float>({1, -3, 0.1f}, {3});
  for (const bool use_nesterov : {false, true}) {
    TrainedVariable with(
        optimizers::momentum({.learning_rate = 0.1, .momentum = 0, .use_nesterov = use_nesterov}),
        start, loss);
    TrainedVariable without(optimizers::gradient_descent({.learning_rate = 0.1}), start, loss);
    with.train(5);
    without.train(5);
    EXPECT_TRUE(with.value().same_bits(without.value()));
  }
}

// TensorFlow's rule for rows: a velocity that nothing touches neither fades nor moves its row.
TEST(Momentum, RowsThatWereNotGatheredKeepTheirVelocity) {
  TrainedVariable table(optimizers::momentum({.learning_rate = 1, .momentum = 0.5}),
                        Array::zeros(kFloat32, {3, 1}), [](const Tensor& rows) {
                          return reduce_sum(gather(rows, Array::from<int32_t>({2, 0, 2}, {3})));
                        });
  table.train(2);
  const Array velocity = table.value("w/Momentum"), value = table.value();
  EXPECT_EQ(velocity.at<float>(0), 1.5f);
  EXPECT_EQ(velocity.at<float>(1), 0);
  EXPECT_EQ(velocity.at<float>(2), 3) << "both of a step's gradients, once";
  EXPECT_EQ(value.at<float>(1), 0);
  EXPECT_EQ(value.at<float>(2), -(2.0f + 3.0f));
}

TEST(Momentum, RefusesOneThatWouldNeverFade) {
  for (const double momentum : {-0.1, 1.0}) {
    base::expect_error([&] { optimizers::momentum({.momentum = momentum}); },
                       ErrorCode::kInvalidArgument, "expected a number in [0, 1)");
  }
}

}  // namespace momentum_test
}  // namespace reckon::nn
