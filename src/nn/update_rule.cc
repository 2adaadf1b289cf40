// SPDX-License-Identifier: Apache-2.0
#include "nn/update_rule.h"

#include <cmath>

#include "base/check.h"

namespace reckon {

Optimizer::Rule::Rule(const char* where, Schedule learning_rate,
                      std::optional<double> clip_global_norm)
    : learning_rate_(std::move(learning_rate)), clip_global_norm_(clip_global_norm) {
  const double rate = learning_rate_.constant();
  base::require(!learning_rate_.is_constant() || (std::isfinite(rate) && rate >= 0), where,
                "learning_rate is ", rate,
                ", expected a finite number, 0 or more; to climb, minimize the negative loss");
  base::require(!clip_global_norm_ || *clip_global_norm_ > 0, where, "clip_global_norm is ",
                clip_global_norm_.value_or(0),
                ", expected a positive number; leave it out for none");
}

}  // namespace reckon
