// SPDX-License-Identifier: Apache-2.0
// Two features and a hidden layer of plain variables, with seeds of their own; summaries for
// TensorBoard; a checkpoint every 250 steps.
// Run: two_layers (writes runs/two_layers; see it with `tensorboard --logdir runs`).
// Last line: mae below 0.15
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

EstimatorSpec network(const Features& features, const Tensor& y, Mode mode, const Params& params) {
  const int64_t units = params.get<int64_t>("hidden_units");
  Tensor inputs = concat({features["pair"], features["single"]}, -1);
  const int64_t width = inputs.shape()[1];
  auto glorot = [](uint64_t seed) { return initializers::glorot_uniform({.seed = seed}); };
  Tensor kernel1 = variable("hidden/kernel", {width, units}, glorot(1));
  Tensor bias1 = variable("hidden/bias", {units}, initializers::zeros());
  Tensor kernel2 = variable("output/kernel", {units, 1}, glorot(2));
  Tensor bias2 = variable("output/bias", {1}, initializers::zeros());

  Tensor hidden = nn::relu(matmul(inputs, kernel1) + bias1);
  Tensor guess = matmul(hidden, kernel2) + bias2;
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"y", guess}}};

  summary::scalar("mean_guess", reduce_mean(guess));
  summary::histogram("hidden", hidden);
  Tensor loss = losses::mean_squared_error(y, guess);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = params.get<float>("rate")}).minimize(loss),
          .eval_metrics = {{"mae", metrics::mean_absolute_error(y, guess)}}};
}

int main() {
  const std::map<std::string, Array> x = {
      {"pair", Array::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {4, 2})},
      {"single", Array::from<float>({0.1f, 0.2f, 0.3f, 0.4f}, {4, 1})}};
  const Array y = Array::from<float>({1.1f, 2.2f, 2.9f, 4.1f}, {4, 1});
  auto rows = [&] { return Dataset::from_arrays(x, y).batch(4); };
  auto shuffled_rows = [&] {
    return Dataset::from_arrays(x, y).shuffle({.buffer_size = 4, .seed = 7}).repeat(500).batch(2);
  };

  const RunConfig config = {
      .random_seed = 42, .save_checkpoints_steps = 250, .keep_checkpoint_max = 3};
  Estimator estimator(network, {.model_dir = "runs/two_layers",
                                .config = config,
                                .params = {{"rate", 0.01}, {"hidden_units", 10}}});
  estimator.train(shuffled_rows);
  std::printf("mae %.3f\n", estimator.evaluate(rows).get<float>("mae"));
}
