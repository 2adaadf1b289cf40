// SPDX-License-Identifier: Apache-2.0
// What evaluate() gives: metrics by name.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include <reckon/name.h>

namespace reckon {

/// Metrics by name, with loss and global_step.
class EvalResult {
 public:
  /// Without metrics.
  EvalResult() = default;
  /// These.
  EvalResult(std::map<std::string, double> values, int64_t global_step)
      : values_(std::move(values)), global_step_(global_step) {}
  /// A metric, "loss" or "global_step", as T: float, double, an integer type, or bool (is it not
  /// 0?). Integers drop the fraction; global_step is exact.
  ///   throws  Error, kNotFound, with the names there are; kInvalidArgument, if its whole part does
  ///           not fit the integer type (NaN fits none, nor bool); both with the caller's line
  template <class T>
  requires std::is_arithmetic_v<T> T get(const Name& name)
  const {
    if constexpr (std::is_floating_point_v<T>) {
      return static_cast<T>(value(name));
    } else if constexpr (std::is_same_v<T, bool>) {
      return flag(name);
    } else {
      using Limits = std::numeric_limits<T>;
      return static_cast<T>(integer(name, Limits::min(), Limits::max()));
    }
  }
  /// The step of the weights that were evaluated.
  int64_t global_step() const { return global_step_; }
  /// Loss and metrics, by name; without global_step.
  const std::map<std::string, double>& values() const { return values_; }

 private:
  double value(const Name& name) const;
  bool flag(const Name& name) const;
  /// The bits of an integer in [lowest, highest].
  int64_t integer(const Name& name, int64_t lowest, uint64_t highest) const;
  std::map<std::string, double> values_;
  int64_t global_step_ = 0;
};

}  // namespace reckon
