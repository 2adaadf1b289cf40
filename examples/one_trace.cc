// SPDX-License-Identifier: Apache-2.0
// A model_fn without `Mode` is called once. What differs between the modes is written with
// is_training(), a constant in each program compiled from that one trace: the penalty is gone from
// evaluation, the optimizer from all but training.
// Run: one_trace. It prints "model_fn calls: 1", "weight 0.93 bias 0.24", and four predictions.
// Last line: 3.974
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

EstimatorSpec ridge(const Features& features, const Tensor& y, const Params& params) {
  Tensor weight = variable("weight", zeros({1}));
  Tensor bias = variable("bias", zeros({1}));
  Tensor guess = weight * features["x"] + bias;
  Tensor penalty = params.get<float>("penalty") * nn::l2_loss(weight);
  Tensor loss = losses::mean_squared_error(y, guess) + where(is_training(), penalty, 0.0f);
  auto descent = optimizers::gradient_descent({.learning_rate = params.get<float>("rate")});
  // The whole spec, always: what a mode does not need is never compiled into its program.
  return {.predictions = {{"y", guess}}, .loss = loss, .train_op = descent.minimize(loss)};
}

int main() {
  const Array x = Array::from<float>({1, 2, 3, 4}, {4, 1});
  const Array y = Array::from<float>({1.1f, 2.2f, 2.9f, 4.1f}, {4, 1});
  auto points = [&] { return Dataset::from_arrays({{"x", x}}, y).batch(4); };
  auto endless_points = [&] { return Dataset::from_arrays({{"x", x}}, y).repeat().batch(4); };

  Estimator estimator(ridge, {.params = {{"rate", 0.05}, {"penalty", 0.1}}});
  std::vector<float> guesses;
  for (int turn = 0; turn < 20; ++turn) {
    estimator.train(endless_points, {.steps = 100});
    estimator.evaluate(points);
    guesses.clear();
    for (const Prediction& row : estimator.predict(points)) {
      guesses.push_back(row["y"].item<float>());
    }
  }
  std::printf("model_fn calls: %d\n", estimator.stats().model_fn_calls());
  std::printf("weight %.2f bias %.2f\n", estimator.variable_value("weight").item<float>(),
              estimator.variable_value("bias").item<float>());
  for (float guess : guesses) std::printf("%.3f\n", guess);
}
