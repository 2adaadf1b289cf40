// SPDX-License-Identifier: Apache-2.0
// Every options struct as programs write it: a temporary of a few designated fields, the others
// left to their defaults. H16: at -O2 and -O3 g++ 12 warned of a field that "may be used
// uninitialized". It is compiled, and not run.
#include <reckon/reckon.h>

using namespace reckon;

namespace {

struct Quiet : SavingListener {};

Tensor network(const Tensor& x, Mode mode, const Params& params) {
  Tensor net = layers::dense(
      x, {.units = params.get<int64_t>("units"), .activation = nn::relu, .name = "hidden"});
  net =
      layers::dense(net, {.units = 8, .kernel_initializer = initializers::he_normal({.seed = 4})});
  net = layers::dense(
      net, {.units = 8, .use_bias = false, .bias_initializer = initializers::constant(1)});
  net = layers::Dense(
      {.units = 2, .activation = nn::LeakyRelu{.slope = 0.1}, .trainable = false, .name = "twice"})(
      net);
  net = layers::batch_normalization(net, {.momentum = 0.9, .training = mode == Mode::kTrain});
  net = layers::batch_normalization(net,
                                    {.center = false, .training = is_training(), .name = "norm"});
  net = layers::dropout(net,
                        {.rate = params.get<float>("rate"), .training = is_training(), .seed = 1});
  return nn::dropout(net, {.rate = 0.1, .seed = 3});
}

Operation train_op(const Tensor& loss, const Params& params) {
  const auto decayed = schedules::cosine_decay({.initial = 0.1, .decay_steps = 100, .alpha = 0.1});
  const auto stepped = schedules::exponential_decay({.decay_rate = 0.5, .staircase = true});
  return group(
      {optimizers::gradient_descent({.learning_rate = decayed, .clip_global_norm = 1.0})
           .minimize(loss),
       optimizers::momentum({.learning_rate = stepped, .use_nesterov = true}).minimize(loss),
       optimizers::adam({.learning_rate = params.get<float>("rate"), .epsilon = 1e-3})
           .minimize(loss),
       optimizers::adam({.clip_global_norm = 2.0}).minimize(loss, {.variables = {loss, loss}}),
       optimizers::adagrad({.learning_rate = 1, .initial_accumulator_value = 1}).minimize(loss)});
}

EstimatorSpec model(const Features& features, const Tensor& labels, Mode mode,
                    const Params& params) {
  const Tensor logits = network(features["x"], mode, params);
  if (mode == Mode::kPredict)
    return {.mode = mode, .predictions = {{"class", argmax(logits, -1)}, {"logits", logits}}};
  if (params.contains("single"))
    return {.mode = mode, .predictions = logits, .loss = reduce_sum(logits)};
  const Tensor loss =
      losses::sparse_softmax_cross_entropy(labels, logits, {.reduction = losses::Reduction::kSum});
  const Tensor weighed = losses::mean_squared_error(labels, logits, {.weights = labels});
  return {.mode = mode,
          .loss = loss + weighed,
          .train_op = train_op(loss, params),
          .eval_metrics = {{"accuracy",
                            metrics::accuracy(labels, argmax(logits, -1), {.weights = labels})},
                           {"mean", metrics::mean(logits)},
                           {"auc", metrics::auc(labels, logits,
                                                {.weights = labels,
                                                 .num_thresholds = 20,
                                                 .curve = metrics::AucCurve::kPr,
                                                 .summation = metrics::AucSummation::kMinoring})}},
          .training_hooks = {hooks::stop_at_step({.num_steps = 3})},
          .prediction_hooks = {hooks::every_n_iterations(3, [](RunContext&) {})}};
}

Dataset input(const std::string& dir) {
  return Dataset::zip(Dataset::idx(dir + "/images", dir + "/labels", {.feature = "image"})
                          .shuffle({.buffer_size = 5}),
                      Dataset::range(10).shuffle({.buffer_size = 9, .seed = 4}))
      .map_native(
          [](const ArrayElement& row) { return ArrayElement{.features = {row.features[0]}}; },
          {.features = {{.name = "x", .dtype = kFloat32, .shape = {3}}, {.name = "y"}}})
      .batch(4);
}

void calls(const std::string& dir, const Params& params) {
  Estimator named(
      model, {.model_dir = dir + "/a", .params = {{"units", 10}, {"rate", 0.1}, {"name", "text"}}});
  Estimator literal(model, {.model_dir = "runs/linear", .params = {{"learning_rate", 0.01}}});
  Estimator unnamed(model, {.params = {{"units", 10}}});
  Estimator configured(model,
                       {.config = {.model_dir = dir, .random_seed = 3, .save_checkpoints_steps = 7},
                        .params = params});
  Estimator timed(model, {.model_dir = dir,
                          .config = {.save_checkpoints_secs = 0.5, .log_step_count_steps = {}}});
  const InputFn rows = [dir] { return input(dir); };
  const HookPtr hook =
      hooks::logging({"loss", "dense/kernel"}, {.every_n_iter = 10, .at_end = true});
  const HookPtr shown =
      hooks::logging({"loss"}, {.formatter = [](const auto& values) { return values[0].first; }});
  named.train(
      rows,
      {.steps = 100, .hooks = {hook, shown}, .saving_listeners = {std::make_shared<Quiet>()}});
  named.train(rows, {.max_steps = 100})
      .train(rows, {.saving_listeners = {std::make_shared<Quiet>()}});
  named.evaluate(rows, {.steps = 5, .hooks = {hook}, .name = "test"});
  named.evaluate(rows, {.checkpoint_path = dir + "/model.ckpt-1"});
  for (const Prediction& row :
       named.predict(rows, {.predict_keys = {"class", "logits"}, .hooks = {hook}}))
    (void)row["class"];
  (void)named
      .predict(rows, {.checkpoint_path = "runs/a/model.ckpt-1", .yield_single_examples = false})
      .next();
}

void graph_and_session() {
  Graph own;
  const GraphScope scope(own);
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  const Tensor made = variable(
      "made", Shape{2}, initializers::variance_scaling({.mode = initializers::FanMode::kFanOut}));
  const Tensor fixed = variable("fixed", random::uniform({2}, {.low = 1, .high = 2, .seed = 5}),
                                {.trainable = false});
  const Tensor drawn = random::normal({2}, {.mean = 1, .dtype = kFloat64});
  const Tensor looped = while_loop([](const Tensors& carried) { return less(carried[0], 3); },
                                   [](const Tensors& carried) { return Tensors{carried[0] + 1}; },
                                   {0}, {.maximum_iterations = 4})[0];
  Session session(own, {.random_seed = 4});
  session.run({.fetches = {x, made, matmul(x, x, {.transpose_b = true})},
               .targets = {assign(fixed, fixed)},
               .feeds = {{x, Array::from<float>({1, 2}, {1, 2})}}});
  session.run({.targets = {assign(made, fixed)}});
  session.run({.fetches = {drawn, looped, one_hot(looped, 3, {.on_value = 2.0})}});
  (void)HookRequest{.names = {"loss", "global_step"}, .tensors = {x}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 0;
  calls(argv[1], {{"units", 3}});
  graph_and_session();
}
