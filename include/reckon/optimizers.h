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

/// What minimize() updates.
struct MinimizeOptions {
  std::vector<Tensor> variables =
      {};  ///< floating; empty: every trainable variable of the graph that the loss depends on
};

/// One rule of update; a cheap value.
class Optimizer {
 public:
  /// The arithmetic of one update.
  class Rule;
  /// For the library; optimizers:: has the rules there are. Throws Error, kInvalidArgument, for
  /// null.
  explicit Optimizer(std::shared_ptr<const Rule> rule);
  /// Moving copies too: an Optimizer always has its rule.
  Optimizer(const Optimizer&) = default;
  /// As above.
  Optimizer& operator=(const Optimizer&) = default;

  /// Gradients, clipping, updates, those of the averages of batch normalization that the loss
  /// depends on, and one more global_step, as one Operation. What it does follows from what is run
  /// with it, never from what else was made: of several in one step the updates add up, and
  /// global_step and each average move once.
  ///   loss    float32 or float64, one element; of a poisoned one the Operation cannot be run
  ///   throws  Error, kInvalidArgument, if loss is not that or depends on no trainable variable, if
  ///           something listed is no variable, or inside cond and while_loop
  ///   source  tf.compat.v1.train.Optimizer
  Operation minimize(Operand loss, MinimizeOptions options = {}) const;
  /// (gradient, variable) pairs, after clipping, of the variable's dtype and shape; a gradient that
  /// is not valid() where the loss does not depend on a listed variable. Throws as minimize().
  std::vector<std::pair<Tensor, Tensor>> compute_gradients(Operand loss,
                                                           MinimizeOptions options = {}) const;
  /// Applies what compute_gradients returned, or what was computed from it; a gradient that is not
  /// valid() leaves its variable alone. All else as minimize() of the losses that they come from.
  ///   throws  Error, kInvalidArgument, if none is valid(), one has another dtype or shape than its
  ///           variable, or inside cond and while_loop
  Operation apply_gradients(const std::vector<std::pair<Tensor, Tensor>>& gradients,
                            Place place = Place::here()) const;

 private:
  std::shared_ptr<const Rule> rule_;
};

/// Gradients scaled so that their joint L2 norm is at most clip_norm, and the norm before
/// (float32[]). A NaN or infinite norm makes all of them NaN.
///   gradients  float32 or float64; those that are not valid() stay so
///   clip_norm  float32[], more than 0, which is not checked
///   throws     Error, kInvalidArgument, for another dtype, or if none is valid()
///   source     Pascanu et al. 2012; tf.clip_by_global_norm
std::pair<Tensors, Tensor> clip_by_global_norm(const Tensors& gradients, Operand clip_norm);
/// sqrt of the sum of squares of all elements, float32[]. Gradients of rows count row by row.
///   tensors  float32 or float64; those that are not valid() are left out
///   throws   Error, kInvalidArgument, for another dtype, or if none is valid()
///   source   tf.linalg.global_norm
Tensor global_norm(const Tensors& tensors);

namespace optimizers {

// In all of them, learning_rate is finite and at least 0 (a schedule is not checked), and
// clip_global_norm is more than 0 (as the variables' dtype and float32 have them): gradients are
// clipped to that joint norm first; unset: not. Another value throws Error, kInvalidArgument. p is
// a variable and g its gradient.

/// p -= learning_rate * g
struct GradientDescentOptions {
  Schedule learning_rate = 0.01;        ///< per step
  Maybe<double> clip_global_norm = {};  ///< as above
};
/// v = momentum * v + g; p -= learning_rate * v (Nesterov: learning_rate * (g + momentum * v))
struct MomentumOptions {
  Schedule learning_rate = 0.01;        ///< per step
  double momentum = 0.9;                ///< in [0, 1)
  bool use_nesterov = false;            ///< looks ahead
  Maybe<double> clip_global_norm = {};  ///< as above
};
/// m, v moving averages of g and g^2; p -= learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m /
/// (sqrt(v) + epsilon)
struct AdamOptions {
  Schedule learning_rate = 0.001;                     ///< per step
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  ///< betas in [0, 1), epsilon at least 0
  Maybe<double> clip_global_norm = {};                ///< as above
};
/// a += g^2; p -= learning_rate * g / sqrt(a)
struct AdagradOptions {
  Schedule learning_rate = 0.01;           ///< per step
  double initial_accumulator_value = 0.1;  ///< of a, more than 0
  Maybe<double> clip_global_norm = {};     ///< as above
};

// Slots are variables of their parameter's dtype and shape, made at its first update. Where a
// gradient is that of gathered rows, only those rows and their slots are touched, but for adam.

/// No slots. Source: tf.compat.v1.train.GradientDescentOptimizer.
Optimizer gradient_descent(GradientDescentOptions options = {}, Place place = Place::here());
/// Slot `<variable>/Momentum`. Source: Polyak 1964; tf.compat.v1.train.MomentumOptimizer.
Optimizer momentum(MomentumOptions options = {}, Place place = Place::here());
/// Slots `<variable>/Adam`, `<variable>/Adam_1`; float32[] `beta1_power`, `beta2_power`. Moments of
/// every row decay, as in TensorFlow; for a table above 10 MiB a warning says so. Source: Kingma
/// and Ba 2015, section 2 (epsilon hat); tf.compat.v1.train.AdamOptimizer.
Optimizer adam(AdamOptions options = {}, Place place = Place::here());
/// Slot `<variable>/Adagrad`. Source: Duchi et al. 2011; tf.compat.v1.train.AdagradOptimizer.
Optimizer adagrad(AdagradOptions options = {}, Place place = Place::here());

}  // namespace optimizers
}  // namespace reckon
