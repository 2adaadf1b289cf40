// SPDX-License-Identifier: Apache-2.0
// The training that tools/soak interrupts: an MLP with shuffling, dropout and Adam, to max_steps
// and no further. Usage: soak_train MODEL_DIR MAX_STEPS SAVE_STEPS
#include <cstdio>
#include <cstdlib>

#include <reckon/reckon.h>

using namespace reckon;

namespace {

EstimatorSpec model_fn(const Features& features, const Tensor& labels, Mode mode) {
  Tensor net = layers::dense(features["x"], {.units = 48, .activation = nn::relu});
  net = layers::dropout(net, {.rate = 0.3, .training = mode == Mode::kTrain});
  net = layers::dense(net, {.units = 32, .activation = nn::gelu});
  net = layers::batch_normalization(net, {.training = mode == Mode::kTrain});
  Tensor logits = layers::dense(net, {.units = 5});
  Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  auto rate = schedules::exponential_decay({.initial = 1e-3, .decay_steps = 500});
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = rate}).minimize(loss)};
}

/// 1,000 rows by formula: no file, no generator.
std::pair<Array, Array> make_rows() {
  std::vector<float> x;
  std::vector<int64_t> y;
  for (int64_t row = 0; row < 1000; ++row) {
    for (int64_t column = 0; column < 20; ++column) {
      x.push_back(static_cast<float>((row * 37 + column * 101 + row * column * 13) % 211) / 105.0f -
                  1.0f);
    }
    y.push_back((row * 7 + row / 11) % 5);
  }
  return {Array::from(x, {1000, 20}), Array::from(y, {1000})};
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4)
    return std::fprintf(stderr, "usage: soak_train MODEL_DIR MAX_STEPS SAVE_STEPS\n"), 2;
  const auto [x, y] = make_rows();
  auto input = [&x = x, &y = y] {
    return Dataset::from_arrays({{"x", x}}, y)
        .shuffle({.buffer_size = 1000})
        .repeat()
        .batch(64)
        .prefetch(2);
  };
  Estimator estimator(model_fn, {.model_dir = argv[1],
                                 .config = {.random_seed = 11,
                                            .save_summary_steps = 0,
                                            .save_checkpoints_steps = std::atoll(argv[3]),
                                            .log_step_count_steps = {}}});
  estimator.train(input, {.max_steps = std::atoll(argv[2])});
} catch (const Error& error) {
  return std::fprintf(stderr, "%s\n", error.what()), 1;
}
