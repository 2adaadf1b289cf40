// SPDX-License-Identifier: Apache-2.0
// Metrics stream exactly over batches: the graph gives a few numbers per batch, the host adds them
// in double.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

/// A streaming metric, as EstimatorSpec::eval_metrics takes it.
class Metric {
 public:
  /// Sums of the batches' values so far -> the metric.
  using Result = std::function<double(const std::vector<double>& totals)>;

  Metric() = default;
  /// `batch_values` are scalars of the graph (float32, float64 or int64); each is added up over the
  /// batches.
  Metric(Tensors batch_values, Result result)
      : batch_values_(std::move(batch_values)), result_(std::move(result)) {}
  /// The mean over all batches of a scalar: each batch counts once.
  Metric(const Tensor& batch_value);  // NOLINT: a plain scalar is its own mean

  const Tensors& batch_values() const { return batch_values_; }
  double result(const std::vector<double>& totals) const { return result_(totals); }

 private:
  Tensors batch_values_;
  Result result_;
};

namespace metrics {

struct MetricOptions {
  std::optional<Tensor> weights =
      std::nullopt;  ///< broadcasts to the values; every value counts that often
};

/// Share of labels equal to predictions.
///   labels, predictions  one dtype or both integers, equal shapes
///   source  tf.compat.v1.metrics.accuracy
Metric accuracy(Operand labels, Operand predictions, MetricOptions options = {});
/// Mean of `values` over all batches. 0 if nothing was counted.
Metric mean(Operand values, MetricOptions options = {});
/// Square root of the mean squared difference.
Metric root_mean_squared_error(Operand labels, Operand predictions, MetricOptions options = {});
/// Mean squared difference.
Metric mean_squared_error(Operand labels, Operand predictions, MetricOptions options = {});
/// Mean absolute difference.
Metric mean_absolute_error(Operand labels, Operand predictions, MetricOptions options = {});

}  // namespace metrics
}  // namespace reckon
