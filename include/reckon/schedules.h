// SPDX-License-Identifier: Apache-2.0
// Learning rates that depend on global_step. A plain number is a constant schedule.
#pragma once

#include <functional>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

/// float32[] as a function of the step (int64[]), made where it is used.
class Schedule {
 public:
  /// From the step, int64[], to a rate, float32[] or float64[].
  using Function = std::function<Tensor(const Tensor& step)>;
  /// The same rate at every step.
  template <NumberType T>
  Schedule(T rate) : constant_(static_cast<double>(rate)) {}
  /// The rate that the function gives.
  ///   throws  Error, kInvalidArgument, if it is empty
  Schedule(Function function, Place place = Place::here());
  /// Moving copies too: a Schedule always has its rate.
  Schedule(const Schedule&) = default;
  /// As above.
  Schedule& operator=(const Schedule&) = default;

  /// True for one made of a number.
  bool is_constant() const { return !function_; }
  /// That number; 0 for a function.
  double constant() const { return constant_; }
  /// The rate at `step` (int64[]), as float32[] in the graph being built.
  ///   throws  Error, kInvalidArgument, if the function gave no floating scalar
  Tensor at(const Tensor& step) const;

 private:
  double constant_ = 0;
  Function function_;
  Place place_;
};

namespace schedules {

/// What cosine_decay goes through.
struct CosineDecayOptions {
  double initial = 1e-3;       ///< the rate at step 0
  int64_t decay_steps = 1000;  ///< steps to the final rate; at least 1
  double alpha = 0.0;          ///< the final rate as a share of the initial one
};
/// What exponential_decay goes through.
struct ExponentialDecayOptions {
  double initial = 1e-3;       ///< the rate at step 0
  int64_t decay_steps = 1000;  ///< steps in which it shrinks once by decay_rate; at least 1
  double decay_rate = 0.96;    ///< more than 0
  bool staircase = false;      ///< true: decays at whole multiples of decay_steps only
};

/// `rate` at every step, as a plain number gives.
Schedule constant(Real rate);
/// initial * ((1 - alpha) * (1 + cos(pi * min(step, decay_steps) / decay_steps)) / 2 + alpha).
///   throws  Error, kInvalidArgument, if decay_steps < 1
///   source  Loshchilov and Hutter 2017; tf.compat.v1.train.cosine_decay
Schedule cosine_decay(CosineDecayOptions options = {}, Place place = Place::here());
/// initial * decay_rate ^ (step / decay_steps).
///   throws  Error, kInvalidArgument, if decay_steps < 1 or decay_rate <= 0
///   source  tf.compat.v1.train.exponential_decay
Schedule exponential_decay(ExponentialDecayOptions options = {}, Place place = Place::here());

}  // namespace schedules
}  // namespace reckon
