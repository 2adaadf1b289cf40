// SPDX-License-Identifier: Apache-2.0
// What evaluate() gives: metrics by name.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include <reckon/array.h>
#include <reckon/name.h>

namespace reckon {

/// Metrics by name, with loss and global_step: numbers, and arrays of numbers.
class EvalResult {
 public:
  /// Without metrics.
  EvalResult() = default;
  /// These, each a number.
  EvalResult(std::map<std::string, double> values, int64_t global_step);
  /// These, of any shape.
  EvalResult(std::map<std::string, Array> arrays, int64_t global_step);
  /// A metric of one number, "loss" or "global_step", as T: float, double, an integer type, or bool
  /// (is it not 0?). Integers drop the fraction; what is an integer is exact.
  ///   throws  Error, kNotFound, with the names there are; kInvalidArgument, if it has not one
  ///           number, or if its whole part does not fit the integer type (NaN fits none, nor
  ///           bool); all with the caller's line
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
  /// A metric of any shape, "loss" (float64[]) or "global_step" (int64[]), as it was made.
  ///   throws  Error, kNotFound, with the names there are and the caller's line
  Array array(const Name& name) const;
  /// The step of the weights that were evaluated.
  int64_t global_step() const { return global_step_; }
  /// Loss and the metrics of one number, by name; without global_step.
  const std::map<std::string, double>& values() const { return values_; }
  /// Loss and all metrics, by name; without global_step.
  const std::map<std::string, Array>& arrays() const { return arrays_; }

 private:
  Array number(const Name& name) const;
  double value(const Name& name) const;
  bool flag(const Name& name) const;
  /// The bits of an integer in [lowest, highest].
  int64_t integer(const Name& name, int64_t lowest, uint64_t highest) const;
  std::map<std::string, Array> arrays_;
  std::map<std::string, double> values_;
  int64_t global_step_ = 0;
};

}  // namespace reckon
