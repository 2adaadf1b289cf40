// SPDX-License-Identifier: Apache-2.0
// One rule of update, stated once: element-wise arithmetic on a parameter's gradient and slots. The
// same code is traced for whole variables and, inside RowUpdate, for single rows of a table.
#pragma once

#include <string>
#include <vector>

#include <reckon/math.h>
#include <reckon/optimizers.h>
#include "nn/layers/per_trace.h"

namespace reckon {

namespace nn {
/// True of a number that float32 makes neither 0 nor infinite.
bool is_in_float32(double value);
}  // namespace nn

class Optimizer::Rule {
 public:
  /// A variable beside each parameter, of its dtype and shape, or a float32 scalar of the whole
  /// optimizer.
  struct State {
    const char* name;
    double initial;
  };
  struct Update {
    Tensor decrement;  ///< what the parameter loses
    Tensors slots;     ///< their new values
  };
  /// What one trace knows of this optimizer: the variables of its state, never their values, which
  /// follow from what a step runs.
  struct Memory {
    bool has_scalars = false;
    nn::KeptValues scalars;                   ///< of scalars()
    std::map<int32_t, nn::KeptValues> slots;  ///< of slots(), by variable
  };

  /// Checks what every optimizer has; `where` is its name in errors.
  Rule(const char* where, Schedule learning_rate, std::optional<double> clip_global_norm);
  virtual ~Rule() = default;

  /// "Momentum": `w/Momentum` in checkpoints.
  virtual std::vector<State> slots() const { return {}; }
  /// "beta1_power"
  virtual std::vector<State> scalars() const { return {}; }
  /// The scalars' values at the end of the step.
  virtual Tensors next_scalars(const Tensors& scalars) const { return scalars; }
  /// What every update shares, as single numbers of the parameters' dtype: passes compute them once
  /// a step.
  virtual Tensors factors(const Tensor& learning_rate, const Tensors&) const {
    return {learning_rate};
  }
  /// Uses nothing but its arguments and plain numbers.
  virtual Update update(const Tensor& gradient, const Tensors& slots,
                        const Tensors& factors) const = 0;
  /// Throws Error, kInvalidArgument, for an option that a variable of this dtype turns into one out
  /// of range.
  virtual void check(DType dtype) const;
  /// False if rows without a gradient move too.
  virtual bool leaves_other_rows() const { return true; }

  const Schedule& learning_rate() const { return learning_rate_; }
  const std::optional<double>& clip_global_norm() const { return clip_global_norm_; }
  Memory& memory() const { return memory_.here(); }
  /// Warns, once for each optimizer made, of a rate of 0.
  static void warn_of_rate(const char* where, const Schedule& learning_rate, Place place);

 private:
  const char* where_;
  Schedule learning_rate_;
  std::optional<double> clip_global_norm_;
  mutable nn::PerTrace<Memory> memory_;
};

}  // namespace reckon
