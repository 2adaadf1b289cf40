// SPDX-License-Identifier: Apache-2.0
// Learning rates that depend on global_step. A plain number is a constant schedule.
#pragma once

#include <concepts>
#include <functional>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

/// float32[] as a function of the step (int64[]), made where it is used.
class Schedule {
 public:
  using Function = std::function<Tensor(const Tensor& step)>;
  template <class T>
  requires std::is_arithmetic_v<T> Schedule(T rate) : constant_(static_cast<double>(rate)) {}
  Schedule(Function function) : function_(std::move(function)) {}

  bool is_constant() const { return !function_; }
  double constant() const { return constant_; }
  /// The rate at `step`, as float32[] in the graph being built.
  Tensor at(const Tensor& step) const;

 private:
  double constant_ = 0;
  Function function_;
};

namespace schedules {

struct CosineDecayOptions {
  double initial = 1e-3;
  int64_t decay_steps = 1000;
  double alpha = 0.0;  ///< the final rate as a share of the initial one
};
struct ExponentialDecayOptions {
  double initial = 1e-3;
  int64_t decay_steps = 1000;
  double decay_rate = 0.96;
  bool staircase = false;  ///< true: decays at whole multiples of decay_steps only
};

Schedule constant(double rate);
/// initial * ((1 - alpha) * (1 + cos(pi * min(step, decay_steps) / decay_steps)) / 2 + alpha).
/// Source: Loshchilov and Hutter 2017; tf.compat.v1.train.cosine_decay.
Schedule cosine_decay(CosineDecayOptions options = {});
/// initial * decay_rate ^ (step / decay_steps). Source: tf.compat.v1.train.exponential_decay.
Schedule exponential_decay(ExponentialDecayOptions options = {});

}  // namespace schedules
}  // namespace reckon
