// SPDX-License-Identifier: Apache-2.0
#include "nn/metrics/metric_weights.h"

#include <reckon/math.h>
#include "base/check.h"
#include "nn/losses/loss_reduction.h"
#include "ops/gradient_support.h"

namespace reckon::nn {

bool has_poison_weights(const metrics::MetricOptions& options) {
  return options.weights && Operand(*options.weights).resolve().is_poison();
}

Tensor weights_like(const char* where, const Tensor& values,
                    const metrics::MetricOptions& options) {
  if (!options.weights) return ops::ones_of(cast(values, kFloat64));
  const Tensor weights = Operand(*options.weights).resolve();
  base::require(
      may_weigh(weights.shape(), values.shape()), where, "weights is ", weights.text(),
      " but the values are ", values.text(),
      "; weights must be a scalar, or of that rank with each dimension equal or 1: reshape them");
  return ops::broadcast_like(cast(weights, kFloat64), values);
}

}  // namespace reckon::nn
