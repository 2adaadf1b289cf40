// SPDX-License-Identifier: Apache-2.0
// Trains 784-256-10 with dropout on the 60,000 images of Fashion-MNIST, evaluates, predicts, and
// says where the time went. Usage: fashion_mnist [DIR of the four idx files] [MODEL_DIR]
// [--steps=N]. Run again, it resumes. Last line: accuracy 0.xxxx
#include <reckon/reckon.h>
#include <cstdio>
#include "terminal_report.h"

using namespace reckon;

EstimatorSpec model_fn(const Features& features, const Tensor& labels, Mode mode,
                       const Params& params) {
  Tensor pixels = layers::flatten(cast(features["image"], kFloat32) / 255.0f);
  Tensor hidden = layers::dense(
      pixels,
      {.units = params.get<int64_t>("hidden_units"), .activation = nn::relu, .name = "hidden"});
  hidden = layers::dropout(
      hidden, {.rate = params.get<double>("dropout"), .training = mode == Mode::kTrain});
  Tensor logits = layers::dense(hidden, {.units = 10, .name = "logits"});
  Tensor predicted = argmax(logits, -1);
  if (mode == Mode::kPredict)
    return {.mode = mode,
            .predictions = {{"class", predicted}, {"probabilities", nn::softmax(logits)}}};
  Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  int64_t steps = params.get<int64_t>("steps");
  auto rate = schedules::cosine_decay({.initial = 2e-3, .decay_steps = steps});
  return {
      .mode = mode,
      .loss = loss,
      .train_op = optimizers::adam({.learning_rate = rate}).minimize(loss),
      .eval_metrics = {{"accuracy", metrics::accuracy(labels, predicted)}},
  };
}

int main(int argc, char** argv) try {
  const example::Arguments arguments(argc, argv);
  const std::string& dir = arguments.data_dir;
  const int64_t steps = arguments.steps;
  auto train = [&] {
    return Dataset::idx(dir + "/train-images-idx3-ubyte", dir + "/train-labels-idx1-ubyte",
                        {.feature = "image"})
        .shuffle({.buffer_size = 60000})
        .repeat()
        .batch(128)
        .prefetch(2);
  };
  auto test = [&] {
    return Dataset::idx(dir + "/t10k-images-idx3-ubyte", dir + "/t10k-labels-idx1-ubyte",
                        {.feature = "image"})
        .batch(500);
  };
  Estimator estimator(
      model_fn,
      {.model_dir = arguments.model_dir,
       .config = {.random_seed = 7, .save_checkpoints_steps = 1000, .log_step_count_steps = {}},
       .params = {{"hidden_units", 256}, {"dropout", 0.2}, {"steps", steps}}});
  estimator.train(train, {.max_steps = steps, .hooks = {example::progress(steps, 128)}});
  EvalResult result = estimator.evaluate(test);

  example::Confusion confusion(test());
  for (const Prediction& row : estimator.predict(test))
    confusion.add(row["class"].item<int64_t>(), row["probabilities"]);
  confusion.print_matrix();
  confusion.print_images(6);
  example::print_times(estimator.stats());
  example::print_next_commands(argv[0], arguments, estimator);
  std::printf("accuracy %.4f\n", result.get<float>("accuracy"));
} catch (const Error& error) {
  return std::fprintf(stderr, "%s\n", error.what()), 1;
}
