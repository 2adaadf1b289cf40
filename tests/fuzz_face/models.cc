// SPDX-License-Identifier: Apache-2.0
#include "models.h"

#include <sstream>

#include <reckon/reckon.h>

namespace reckon::fuzz_face {
namespace {

Optimizer make_optimizer(Rule rule) {
  switch (rule) {
    case Rule::kGradientDescent:
      return optimizers::gradient_descent({.learning_rate = 0.01});
    case Rule::kMomentum:
      return optimizers::momentum({.learning_rate = 0.01});
    case Rule::kAdam:
      return optimizers::adam({.learning_rate = 0.01});
    case Rule::kAdagrad:
      return optimizers::adagrad({.learning_rate = 0.01});
  }
  throw std::logic_error("a rule of optimization");
}

/// What a user may build beside the train op and never run.
void build_decoys(const Optimizer& optimizer, const Tensor& weight, const Tensor& loss) {
  (void)optimizer.minimize(reduce_sum(square(weight + 5)));
  (void)optimizer.minimize(loss * 3);
  (void)assign(weight, weight * 0);
  (void)assign_add(global_step(), 7);
}

EstimatorSpec build(const Model& model, const Features& features, const Tensor& labels,
                    std::optional<Mode> mode) {
  const Tensor weight =
      variable("weight", {3, 1}, initializers::random_uniform({.low = -1, .high = 1}));
  const Tensor bias = variable("bias", zeros({1}));
  Tensor x = features["x"] * Array::from<float>({1, 1, 0.1f}, {3});
  if (model.has_normalization) x = layers::batch_normalization(x, {.momentum = 0.5});
  if (model.has_dropout) x = layers::dropout(x, {.rate = 0.25});
  Tensor guess = matmul(x, weight) + bias;
  if (model.has_table) {
    const Tensor table =
        variable("table", {5, 1}, initializers::random_uniform({.low = -1, .high = 1}));
    guess = guess + gather(table, features["id"]);
  }
  const Tensor loss = losses::mean_squared_error(labels, guess);
  const Optimizer optimizer = make_optimizer(model.rule);
  if (model.has_decoys && mode.value_or(Mode::kTrain) == Mode::kTrain) {
    build_decoys(optimizer, weight, loss);
  }
  return {.mode = mode,
          .predictions = {{"guess", guess},
                          {"twice", guess * 2},
                          {"weight", weight},
                          {"ragged", reduce_sum(guess, 0)}},
          .loss = loss,
          .train_op = optimizer.minimize(loss),
          .eval_metrics = {{"rmse", metrics::root_mean_squared_error(labels, guess)},
                           {"mean", metrics::mean(guess)}}};
}

}  // namespace

ModelFunction Model::function() const {
  const Model model = *this;
  if (takes_mode) {
    return make_model_function([model](const Features& features, const Tensor& labels, Mode mode) {
      return build(model, features, labels, mode);
    });
  }
  return make_model_function([model](const Features& features, const Tensor& labels) {
    return build(model, features, labels, std::nullopt);
  });
}

std::string Model::text() const {
  std::ostringstream out;
  out << "rule " << static_cast<int>(rule) << (takes_mode ? "" : ", without Mode")
      << (has_table ? ", table" : "") << (has_dropout ? ", dropout" : "")
      << (has_normalization ? ", batch_normalization" : "") << (has_decoys ? ", decoys" : "");
  return out.str();
}

Model choose_model(Choices& choices) {
  Model model;
  model.rule = choices.pick({Rule::kGradientDescent, Rule::kMomentum, Rule::kAdam, Rule::kAdagrad});
  model.takes_mode = !choices.one_in(3);
  model.has_table = choices.one_in(3);
  model.has_dropout = choices.one_in(3);
  model.has_normalization = choices.one_in(3);
  model.has_decoys = choices.one_in(3);
  return model;
}

RunConfig choose_config(Choices& choices, const std::string& directory) {
  RunConfig config = in_memory({}, directory);
  if (choices.one_in(3)) return config;
  config.save_checkpoints = true;
  config.save_checkpoints_steps = choices.pick<int64_t>({1, 2, 3, 5, 1000, INT64_MAX});
  config.save_on_return = !choices.one_in(3);
  config.keep_checkpoint_max = choices.pick<int64_t>({1, 2, 5, 0});
  if (choices.one_in(8)) config.save_summary_steps = choices.pick<int64_t>({1, 3, INT64_MAX});
  config.fail_on_nan_loss = !choices.one_in(3);
  return config;
}

std::string text_of(const RunConfig& config) {
  std::ostringstream out;
  if (!config.save_checkpoints) return "in memory";
  out << "saves every " << *config.save_checkpoints_steps
      << (config.save_on_return ? " steps and at the ends" : " steps only") << ", keeps "
      << config.keep_checkpoint_max << ", summaries " << config.save_summary_steps
      << (config.fail_on_nan_loss ? "" : ", stops at NaN");
  return out.str();
}

RunConfig in_memory(RunConfig config, const std::string& directory) {
  config.model_dir = directory;
  config.random_seed = 11;
  config.save_summary_steps = 0;
  config.save_checkpoints_steps = {};
  config.save_checkpoints = false;
  config.log_step_count_steps = {};
  return config;
}

}  // namespace reckon::fuzz_face
