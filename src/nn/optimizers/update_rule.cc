// SPDX-License-Identifier: Apache-2.0
#include "nn/optimizers/update_rule.h"

#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/logging.h"

namespace reckon {

bool nn::is_in_float32(double value) {
  using Limits = std::numeric_limits<float>;
  return std::abs(value) >= Limits::denorm_min() && std::abs(value) <= Limits::max();
}

Optimizer::Rule::Rule(const char* where, Schedule learning_rate,
                      std::optional<double> clip_global_norm)
    : where_(where), learning_rate_(std::move(learning_rate)), clip_global_norm_(clip_global_norm) {
  const double rate = learning_rate_.constant();
  base::require(!learning_rate_.is_constant() || (std::isfinite(rate) && rate >= 0), where,
                "learning_rate is ", rate,
                ", expected a finite number, 0 or more; to climb, minimize the negative loss");
  const double norm = clip_global_norm_.value_or(1);
  base::require(norm > 0 && nn::is_in_float32(norm), where, "clip_global_norm is ", norm,
                ", expected a positive, finite number that float32 holds; leave it out for none");
}

void Optimizer::Rule::check(DType dtype) const {
  const double rate = learning_rate_.constant();
  base::require(
      dtype == kFloat64 || !learning_rate_.is_constant() || rate == 0 || nn::is_in_float32(rate),
      where_, "learning_rate is ", rate,
      ", expected 0 or a number that float32 holds; 0.001 is usual");
}

void Optimizer::Rule::warn_of_rate(const char* where, const Schedule& learning_rate, Place place) {
  if (!learning_rate.is_constant() || learning_rate.constant() != 0) return;
  base::warn(where,
             "learning_rate is 0, with which minimize() changes no weight, expected more than 0; "
             "set it, e.g. to 0.001, or leave it out",
             place);
}

}  // namespace reckon
