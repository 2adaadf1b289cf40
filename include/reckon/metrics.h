// SPDX-License-Identifier: Apache-2.0
// Metrics stream exactly over batches: the graph gives a few arrays per batch, the host adds them
// in float64 or int64 and makes the metric of their totals.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <reckon/array.h>
#include <reckon/number.h>
#include <reckon/tensor.h>

namespace reckon {

/// A streaming metric, as EstimatorSpec::eval_metrics takes it.
class Metric {
 public:
  /// From the sums of the batches' values, followed by the number of batches, to the metric.
  using Result = std::function<double(const std::vector<double>& totals)>;
  /// The same for values of any shape: sums are float64, or int64 of integers, in the values'
  /// shapes; the number of batches is int64[]. The metric is numbers of any shape and dtype.
  using ArrayResult = std::function<Array(const std::vector<Array>& totals)>;

  /// None; evaluate() refuses it.
  Metric() = default;
  /// `batch_values` are scalars of the graph (float32, float64, int32 or int64); each is added up
  /// over the batches. Another dtype or shape, or an empty `result`, throws Error,
  /// kInvalidArgument, in evaluate().
  Metric(Tensors batch_values, Result result);
  /// The same for values of any shape, which must be known while tracing: it is that of the totals.
  /// A sum of integers that int64 does not hold throws Error, kInvalidArgument, in evaluate().
  Metric(Tensors batch_values, ArrayResult result)
      : batch_values_(std::move(batch_values)), result_(std::move(result)) {}
  /// Without a `result`: not valid().
  Metric(Tensors batch_values, std::nullptr_t) : batch_values_(std::move(batch_values)) {}
  /// The mean over all batches of a scalar: each batch counts once.
  ///   throws  Error, kInvalidArgument, if it is no number of rank 0
  Metric(const Tensor& batch_value);  // NOLINT: a plain scalar is its own mean

  /// What is fetched of each batch.
  const Tensors& batch_values() const { return batch_values_; }
  /// False for a Metric() and for one without `result`.
  bool valid() const { return static_cast<bool>(result_); }
  /// True if each of them must be a scalar, for that is what `result` takes.
  bool adds_scalars() const { return adds_scalars_; }
  /// The metric of these totals: one for each of batch_values(), then the number of batches.
  ///   throws  Error, kInvalidArgument, if not valid() or for another number of totals
  Array value(const std::vector<Array>& totals) const;
  /// value() of scalar totals, as a number.
  ///   throws  Error, kInvalidArgument, likewise, or if the metric is no number
  double result(const std::vector<double>& totals) const;

 private:
  Tensors batch_values_;
  ArrayResult result_;
  bool adds_scalars_ = false;
};

namespace metrics {

/// How a metric weighs.
struct MetricOptions {
  std::optional<Tensor> weights =
      std::nullopt;  ///< numbers: a scalar, or of the values' rank with each dimension equal or 1;
                     ///< every value counts that often
};

/// The curve under which auc() takes the area.
enum class AucCurve {
  kRoc,  ///< recall over the rate of false positives
  kPr    ///< precision over recall
};
/// How auc() takes the area between two thresholds.
enum class AucSummation {
  kTrapezoidal,           ///< a straight line
  kCarefulInterpolation,  ///< of a PR curve: as true positives grow, not as precision does
  kMinoring,              ///< the lower of the two: an area that is too small
  kMajoring               ///< the higher: one that is too large
};
/// What auc() adds up, and what it makes of it.
struct AucOptions {
  std::optional<Tensor> weights = std::nullopt;  ///< as in MetricOptions
  int64_t num_thresholds = 200;                  ///< at least 2, evenly over [0, 1]
  AucCurve curve = AucCurve::kRoc;
  AucSummation summation = AucSummation::kTrapezoidal;
};

// Each is made of sums over all batches, in float64: every value counts once, or as often as its
// weight says, whatever batch it is in; 0 if nothing was counted. Each throws Error,
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
/// Mean over the batches for each element: an Array of the shape of `values`, which must be known.
///   values  numbers or bools of any shape
///   source  tf.compat.v1.metrics.mean_tensor
Metric mean_tensor(Operand values, MetricOptions options = {});
/// Area under the ROC or the precision-recall curve.
///   labels       numbers or bools of any shape; what is not 0 is positive
///   predictions  floats in [0, 1] of that shape, rounded to float32; others, NaN too, make
///                evaluate() throw Error, kInvalidArgument
///   source       tf.compat.v1.metrics.auc
Metric auc(Operand labels, Operand predictions, AucOptions options = {});
/// Mean over the classes that occur of their intersection over union, in [0, 1].
///   labels, predictions  integers in [0, num_classes) of equal shapes; others make evaluate()
///                        throw Error, kInvalidArgument, unless they weigh 0
///   num_classes          at least 1
///   source               tf.compat.v1.metrics.mean_iou
Metric mean_iou(Operand labels, Operand predictions, Integer num_classes,
                MetricOptions options = {});

}  // namespace metrics
}  // namespace reckon
