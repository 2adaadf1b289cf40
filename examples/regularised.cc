// SPDX-License-Identifier: Apache-2.0
// A training loss with a penalty that evaluation does not see. Training and evaluation take turns
// 200 times; the counters show that each mode is traced and compiled once, however often it runs.
// Run: regularised. Last line: weight 0.9326 bias 0.2434 (least squared error plus penalty)
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

EstimatorSpec ridge(const Features& features, const Tensor& y, Mode mode, const Params& params) {
  Tensor weight = variable("weight", zeros({1}));
  Tensor bias = variable("bias", zeros({1}));
  Tensor guess = weight * features["x"] + bias;
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"y", guess}}};

  Tensor loss = losses::mean_squared_error(y, guess);
  if (mode == Mode::kEvaluate) return {.mode = mode, .loss = loss};

  Tensor penalised = loss + params.get<float>("penalty") * nn::l2_loss(weight);
  auto descent = optimizers::gradient_descent({.learning_rate = params.get<float>("rate")});
  return {.mode = mode, .loss = penalised, .train_op = descent.minimize(penalised)};
}

int main() {
  const Array x = Array::from<float>({1, 2, 3, 4}, {4, 1});
  const Array y = Array::from<float>({1.1f, 2.2f, 2.9f, 4.1f}, {4, 1});
  auto points = [&] { return Dataset::from_arrays({{"x", x}}, y).batch(4); };
  auto endless_points = [&] { return Dataset::from_arrays({{"x", x}}, y).repeat().batch(4); };

  Estimator estimator(ridge, {.params = {{"rate", 0.01}, {"penalty", 0.1}}});
  for (int turn = 0; turn < 200; ++turn) {
    estimator.train(endless_points, {.steps = 10});
    estimator.evaluate(points);
  }
  const RunStats stats = estimator.stats();
  std::printf("model_fn calls: train %d, evaluate %d; programs compiled: %d\n",
              stats.model_fn_calls(Mode::kTrain), stats.model_fn_calls(Mode::kEvaluate),
              stats.programs_compiled);
  std::printf("weight %.4f bias %.4f\n", estimator.variable_value("weight").item<float>(),
              estimator.variable_value("bias").item<float>());
}
