// SPDX-License-Identifier: Apache-2.0
// Optimizers: options structs with the defaults of TensorFlow's version-1 classes; minimize() makes
// the train op.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <reckon/schedules.h>
#include <reckon/tensor.h>

namespace reckon {

struct MinimizeOptions {
  std::vector<Tensor> variables =
      {};  ///< empty: every trainable variable of the graph that the loss depends on
};

/// One rule of update; a cheap value.
class Optimizer {
 public:
  class Rule;
  explicit Optimizer(std::shared_ptr<const Rule> rule) : rule_(std::move(rule)) {}

  /// Gradients, clipping, updates, pending batch-norm updates and one more global_step, as one
  /// Operation. Several minimized losses in one step advance global_step once.
  ///   loss    float32[] (or one element)
  ///   throws  Error, kInvalidArgument, if loss is no scalar or depends on no trainable variable
  Operation minimize(Operand loss, MinimizeOptions options = {}) const;
  /// (gradient, variable) pairs, after clipping.
  std::vector<std::pair<Tensor, Tensor>> compute_gradients(Operand loss,
                                                           MinimizeOptions options = {}) const;
  /// Applies what compute_gradients returned; a gradient that is not valid() leaves its variable
  /// alone.
  Operation apply_gradients(const std::vector<std::pair<Tensor, Tensor>>& gradients) const;

 private:
  std::shared_ptr<const Rule> rule_;
};

/// Gradients scaled so that their joint L2 norm is at most clip_norm, and that norm (float32[]).
/// A NaN or infinite norm makes all of them NaN. Source: Pascanu et al. 2012;
/// tf.clip_by_global_norm.
std::pair<Tensors, Tensor> clip_by_global_norm(const Tensors& gradients, Operand clip_norm);
/// sqrt of the sum of squares of all elements.
Tensor global_norm(const Tensors& tensors);

namespace optimizers {

/// p -= learning_rate * g
struct GradientDescentOptions {
  Schedule learning_rate = 0.01;
  std::optional<double> clip_global_norm = {};
};
/// v = momentum * v + g; p -= learning_rate * v (Nesterov: learning_rate * (g + momentum * v))
struct MomentumOptions {
  Schedule learning_rate = 0.01;
  double momentum = 0.9;
  bool use_nesterov = false;
  std::optional<double> clip_global_norm = {};
};
/// m, v moving averages of g and g^2; p -= learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m /
/// (sqrt(v) + epsilon)
struct AdamOptions {
  Schedule learning_rate = 0.001;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  std::optional<double> clip_global_norm = {};
};
/// a += g^2; p -= learning_rate * g / sqrt(a)
struct AdagradOptions {
  Schedule learning_rate = 0.01;
  double initial_accumulator_value = 0.1;
  std::optional<double> clip_global_norm = {};
};

/// Source: tf.compat.v1.train.GradientDescentOptimizer. Gradients of gathered rows touch only those
/// rows.
Optimizer gradient_descent(GradientDescentOptions options = {});
/// Slot `<variable>/Momentum`. Source: tf.compat.v1.train.MomentumOptimizer; rows as above.
Optimizer momentum(MomentumOptions options = {});
/// Slots `<variable>/Adam`, `<variable>/Adam_1`, `beta1_power`, `beta2_power`. Moments of every row
/// decay, as in TensorFlow. Source: Kingma and Ba 2015; tf.compat.v1.train.AdamOptimizer.
Optimizer adam(AdamOptions options = {});
/// Slot `<variable>/Adagrad`. Source: Duchi et al. 2011; tf.compat.v1.train.AdagradOptimizer; rows
/// as above.
Optimizer adagrad(AdagradOptions options = {});

}  // namespace optimizers
}  // namespace reckon
