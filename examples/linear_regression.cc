// SPDX-License-Identifier: Apache-2.0
// The shortest whole program: gradient descent fits a line to four points; then it is evaluated,
// asked for its values, and its weights are read.
// Run: linear_regression (writes runs/linear; again: 2,000 steps more).
// Last line: weight 0.97 bias 0.15
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

EstimatorSpec line(const Features& features, const Tensor& y, Mode mode, const Params& params) {
  Tensor weight = variable("weight", zeros({1}));
  Tensor bias = variable("bias", zeros({1}));
  Tensor guess = weight * features["x"] + bias;
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"y", guess}}};

  Tensor loss = losses::mean_squared_error(y, guess);
  auto descent = optimizers::gradient_descent({.learning_rate = params.get<float>("rate")});
  return {.mode = mode,
          .loss = loss,
          .train_op = descent.minimize(loss),
          .eval_metrics = {{"rmse", metrics::root_mean_squared_error(y, guess)}}};
}

int main() {
  const Array x = Array::from<float>({1, 2, 3, 4}, {4, 1});
  const Array y = Array::from<float>({1.1f, 2.2f, 2.9f, 4.1f}, {4, 1});
  auto points = [&] { return Dataset::from_arrays({{"x", x}}, y).batch(4); };
  auto endless_points = [&] { return Dataset::from_arrays({{"x", x}}, y).repeat().batch(4); };

  Estimator estimator(line, {.model_dir = "runs/linear", .params = {{"rate", 0.01}}});
  estimator.train(endless_points, {.steps = 2000});
  std::printf("rmse %.4f\n", estimator.evaluate(points).get<float>("rmse"));
  for (const Prediction& row : estimator.predict(points)) {
    std::printf("y %.3f\n", row["y"].item<float>());
  }
  std::printf("weight %.2f bias %.2f\n", estimator.variable_value("weight").item<float>(),
              estimator.variable_value("bias").item<float>());
}
