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
  /// From the sums of the batches' values, followed by the number of batches, to the metric.
  using Result = std::function<double(const std::vector<double>& totals)>;

  /// None; evaluate() refuses it.
  Metric() = default;
  /// `batch_values` are scalars of the graph (float32, float64, int32 or int64); each is added up
  /// over the batches. Another dtype or shape, or an empty `result`, throws Error,
  /// kInvalidArgument, in evaluate().
  Metric(Tensors batch_values, Result result)
      : batch_values_(std::move(batch_values)), result_(std::move(result)) {}
  /// The mean over all batches of a scalar: each batch counts once.
  ///   throws  Error, kInvalidArgument, if it is no number of rank 0
  Metric(const Tensor& batch_value);  // NOLINT: a plain scalar is its own mean

  /// What is fetched of each batch.
  const Tensors& batch_values() const { return batch_values_; }
  /// False for a Metric() and for one without `result`.
  bool valid() const { return static_cast<bool>(result_); }
  /// The metric of these totals: one for each of batch_values(), then the number of batches.
  ///   throws  Error, kInvalidArgument, if not valid() or for another number of totals
  double result(const std::vector<double>& totals) const;

 private:
  Tensors batch_values_;
  Result result_;
};

namespace metrics {

/// How a metric weighs.
struct MetricOptions {
  std::optional<Tensor> weights =
      std::nullopt;  ///< numbers: a scalar, or of the values' rank with each dimension equal or 1;
                     ///< every value counts that often
};

// Each is a quotient of sums over all batches, made in float64: every value counts once, or as
// often as its weight says, whatever batch it is in; 0 if nothing was counted. Each throws Error,
// kInvalidArgument, with the user's line, for other dtypes, shapes that differ (nothing broadcasts)
// or weights that do not fit. In predict mode the metric of labels is poison.

/// Share of labels equal to predictions, in [0, 1].
///   labels, predictions  one dtype (numbers, bool or string) or both integers, equal shapes
///   source               tf.compat.v1.metrics.accuracy
Metric accuracy(Operand labels, Operand predictions, MetricOptions options = {});
/// Mean of `values`, numbers or bools of any shape. Source: tf.compat.v1.metrics.mean.
Metric mean(Operand values, MetricOptions options = {});
/// Square root of the mean squared difference.
///   labels, predictions  floats of one dtype and equal shapes
///   source               tf.compat.v1.metrics.root_mean_squared_error
Metric root_mean_squared_error(Operand labels, Operand predictions, MetricOptions options = {});
/// Mean squared difference.
///   labels, predictions  floats of one dtype and equal shapes
///   source               tf.compat.v1.metrics.mean_squared_error
Metric mean_squared_error(Operand labels, Operand predictions, MetricOptions options = {});
/// Mean absolute difference.
///   labels, predictions  floats of one dtype and equal shapes
///   source               tf.compat.v1.metrics.mean_absolute_error
Metric mean_absolute_error(Operand labels, Operand predictions, MetricOptions options = {});

}  // namespace metrics
}  // namespace reckon
