// SPDX-License-Identifier: Apache-2.0
// keras_batch_norm: a layer with state. One training step, then its moving averages, then inference
// with them.
#include <reckon/layers.h>
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/session.h>

#include "calls.h"

namespace reckon::golden {

std::vector<Array> run_keras_batch_norm(const std::vector<Array>& inputs,
                                        const nlohmann::json& attrs) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, inputs[0].shape()), is_training = placeholder(kBool, {});
  const Tensor y = layers::batch_normalization(x, {.momentum = attrs.at("momentum").get<double>(),
                                                   .epsilon = attrs.at("epsilon").get<double>(),
                                                   .training = is_training,
                                                   .name = "layer"});
  // A rate of 0: only the moving averages change.
  const Operation step =
      optimizers::gradient_descent({.learning_rate = 0.0}).minimize(reduce_sum(y));
  Session session(graph);
  session.initialize_variables();
  const char* names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
  for (size_t i = 0; i < 4; ++i)
    session.set_variable(std::string("layer/") + names[i], inputs[i + 1]);
  const auto fed = [&](bool training) {
    return Feeds{{x, inputs[0]}, {is_training, Array::scalar(training)}};
  };
  const Array trained = session.run({.fetches = {y}, .targets = {step}, .feeds = fed(true)})[0];
  return {trained, session.variable_value("layer/moving_mean"),
          session.variable_value("layer/moving_variance"),
          session.run({.fetches = {y}, .targets = {}, .feeds = fed(false)})[0]};
}

}  // namespace reckon::golden
