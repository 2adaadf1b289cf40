// SPDX-License-Identifier: Apache-2.0
#include "nn/losses/loss_reduction.h"

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include "base/check.h"
#include "ops/gradient_support.h"

namespace reckon::nn {

bool may_weigh(const Shape& weights, const Shape& values) {
  if (weights.rank() == 0) return true;
  if (weights.rank() != values.rank()) return false;
  for (int axis = 0; axis < values.rank(); ++axis) {
    const int64_t weight = weights[axis], value = values[axis];
    if (weight != 1 && weight >= 0 && value >= 0 && weight != value) return false;
  }
  return true;
}

namespace {

using losses::Reduction;

Tensor element_count(const Tensor& losses) {
  std::vector<int64_t> axes;
  for (int axis = 0; axis < losses.rank(); ++axis) axes.push_back(axis);
  return ops::extent_product(losses, axes, losses.dtype());
}

/// What the sum is divided by; not valid if by nothing.
Tensor divisor(Reduction reduction, const Tensor& losses, const Tensor& weights) {
  if (reduction == Reduction::kSum) return {};
  if (reduction == Reduction::kSumOverBatchSize || !weights.valid()) return element_count(losses);
  if (reduction == Reduction::kMean) return reduce_sum(ops::broadcast_like(weights, losses));
  const Tensor counts = cast(not_equal(weights, 0), losses.dtype());
  return reduce_sum(ops::broadcast_like(counts, losses));
}

}  // namespace

Tensor reduce_losses(const char* where, const Tensor& losses, const losses::LossOptions& options) {
  Tensor weights;
  if (options.weights) {
    weights = Operand(*options.weights).resolve();
    if (weights.is_poison()) return stop_gradient(weights);
    base::require(
        may_weigh(weights.shape(), losses.shape()), where, "weights is ", weights.text(),
        " but the losses are ", losses.text(),
        "; weights must be a scalar, or of that rank with each dimension equal or 1: reshape them");
    weights = cast(weights, losses.dtype());
  }
  const Tensor weighted = weights.valid() ? losses * weights : losses;
  if (options.reduction == Reduction::kNone) return weighted;
  const Tensor sum = reduce_sum(weighted);
  const Tensor count = divisor(options.reduction, losses, weights);
  return count.valid() ? divide_no_nan(sum, count) : sum;
}

}  // namespace reckon::nn
