// SPDX-License-Identifier: Apache-2.0
// Batch normalization: by the batch's moments while training, by their moving averages otherwise.
// The updates of the averages stand in the trace as effects of each loss that depends on this
// layer.
#include <algorithm>
#include <cmath>

#include <reckon/graph.h>
#include <reckon/layers.h>
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "nn/layers/layer_scope.h"
#include "nn/layers/layer_variable.h"
#include "nn/layers/training_flag.h"
#include "ops/at_place.h"
#include "ops/gradient_support.h"
#include "ops/network/batch_norm.h"

namespace reckon::layers {
namespace {

/// Of one layer: [channels] each. Without a center or scale, beta and gamma are constants.
struct Statistics {
  Tensor gamma, beta, moving_mean, moving_variance;
};

Statistics make_statistics(const BatchNormalizationOptions& options, const std::string& name,
                           const graph::TensorType& type, Place place) {
  const auto make = [&](const char* part, graph::VariableKind kind,
                        const Initializer& initializer) {
    const bool trainable = kind == graph::VariableKind::kWeight && options.trainable;
    return nn::layer_variable(
        {.name = name + part, .kind = kind, .trainable = trainable, .place = place}, type,
        initializer);
  };
  using enum graph::VariableKind;
  Statistics made;
  made.gamma =
      options.scale ? make("/gamma", kWeight, initializers::ones()) : ones(type.shape, type.dtype);
  made.beta = options.center ? make("/beta", kWeight, initializers::zeros())
                             : zeros(type.shape, type.dtype);
  made.moving_mean = make("/moving_mean", kStatistic, initializers::zeros());
  made.moving_variance = make("/moving_variance", kStatistic, initializers::ones());
  return made;
}

/// TensorFlow's rule for images: the variance that the average takes in is divided by n - 1, not n.
Tensor averaged_variance(const Tensor& variance, const Tensor& x) {
  if (x.rank() != 4) return variance;
  const Tensor count = ops::extent_product(x, {0, 1, 2}, x.dtype());
  return variance * (count / maximum(count - 1, 1));
}

void check_input(const Tensor& x, const BatchNormalizationOptions& options) {
  base::require(is_floating(x.dtype()) && x.rank() >= 2 && x.shape()[-1] >= 0,
                "batch_normalization", "x is ", x.text(),
                ", expected floats [batch, ..., channels] with known channels; cast or reshape it");
  base::require(options.momentum >= 0 && options.momentum <= 1, "batch_normalization",
                "momentum is ", options.momentum,
                ", expected a number in [0, 1]; it is the old average's share");
  base::require(options.epsilon >= 0 && std::isfinite(options.epsilon), "batch_normalization",
                "epsilon is ", options.epsilon,
                ", expected 0 or more; it keeps a variance of 0 from dividing");
}

/// Averages are assigned to, which no subgraph can.
void check_place(const BatchNormalizationOptions& options) {
  const bool* flag = std::get_if<bool>(&options.training);
  base::require(
      !graph::current_trace("batch_normalization").is_in_subgraph() || (flag != nullptr && !*flag),
      "batch_normalization",
      "was called inside cond or while_loop, where its moving averages cannot be "
      "updated; call it before and use what it returned there, or pass .training = "
      "false to normalise by the averages as they are");
}

/// Leaves the averages alone where there is no row to average.
Operation update_averages(const Statistics& made, const nn::FusedBatchNorm& batch, const Tensor& x,
                          const BatchNormalizationOptions& options) {
  const Tensor has_rows = ops::extent_product(x, ops::statistic_axes(x.rank()), kInt64) > 0;
  const auto update = [&](const Tensor& moving, const Tensor& value) {
    const auto averaged = [&] {
      const Tensor next = moving * options.momentum + value * (1 - options.momentum);
      return where(has_rows, next, moving);
    };
    return assign(moving,
                  nn::choose_by_training(options.training, averaged, [&] { return moving; }));
  };
  return group({update(made.moving_mean, stop_gradient(batch.mean)),
                update(made.moving_variance, averaged_variance(stop_gradient(batch.variance), x))});
}

}  // namespace

Tensor batch_normalization(Operand operand, BatchNormalizationOptions options) {
  return ops::at_place(operand.place(), [&] {
    const Tensor x = operand.resolve();
    if (x.is_poison()) return x;
    check_input(x, options);
    check_place(options);
    const std::string name = nn::layer_name(options.name, "batch_normalization");
    const nn::LayerScope scope(name);
    const graph::TensorType type{x.dtype(), {x.shape()[-1]}};
    const Statistics made = make_statistics(options, name, type, operand.place());

    nn::FusedBatchNorm batch;
    const Tensor y = nn::choose_by_training(
        options.training,
        [&] {
          batch = nn::fused_batch_norm(x, made.gamma, made.beta, options.epsilon);
          return batch.y;
        },
        [&] {
          return nn::batch_normalization(x, made.moving_mean, made.moving_variance, made.beta,
                                         made.gamma, options.epsilon);
        });
    if (!batch.y.valid()) return y;
    graph::current_trace("batch_normalization")
        .loss_effects.push_back({y, update_averages(made, batch, x, options)});
    return y;
  });
}

}  // namespace reckon::layers
