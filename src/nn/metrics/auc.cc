// SPDX-License-Identifier: Apache-2.0
// The area under a curve over thresholds: a batch gives one array of counts, [2, 1 + thresholds],
// of positives and negatives: how many there are, then how many lie above each threshold. All
// besides follows from their totals.
#include <reckon/metrics.h>

#include <algorithm>
#include <cmath>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "nn/losses/label_pair.h"
#include "nn/metrics/metric_weights.h"

namespace reckon::metrics {
namespace {

/// Evenly over [0, 1], the first just below and the last just above it.
Array thresholds_of(int64_t count) {
  constexpr double kBeyond = 1e-7;
  std::vector<float> thresholds;
  for (int64_t i = 0; i < count; ++i)
    thresholds.push_back(
        static_cast<float>(static_cast<double>(i) / static_cast<double>(count - 1)));
  thresholds.front() = static_cast<float>(-kBeyond);
  thresholds.back() = static_cast<float>(1 + kBeyond);
  return Array::from<float>(thresholds, {1, count});
}

/// [1 + thresholds]: the sum of the weights [n, 1], and of those whose value is above each.
Tensor counts_above(const Tensor& is_above, const Tensor& weights) {
  return concat({reduce_sum(weights, {0}), reduce_sum(where(is_above, weights, 0.0), {0})}, 0);
}

Tensor batch_counts(const nn::Compared& pair, const AucOptions& options) {
  const Tensor weights = nn::weights_like("auc", pair.predictions, {.weights = options.weights});
  const Tensor positive = weights * cast(cast(pair.labels, kBool), kFloat64);
  const auto as_column = [](const Tensor& x) { return reshape(x, {-1, 1}); };
  const Tensor is_above =
      as_column(cast(pair.predictions, kFloat32)) > Operand(thresholds_of(options.num_thresholds));
  return stack({counts_above(is_above, as_column(positive)),
                counts_above(is_above, as_column(weights - positive))});
}

/// A point of the curve belongs to each threshold; x falls from the first to the last.
struct Curve {
  std::vector<double> x, y;
};

/// The totals as counts of true and false positives at each threshold.
struct Counts {
  explicit Counts(const Array& totals)
      : size(totals.shape()[1] - 1),
        positives(totals.at<double>(0, 0)),
        negatives(totals.at<double>(1, 0)),
        values(totals.data<double>()) {}
  double true_positive(int64_t i) const { return values[static_cast<size_t>(i + 1)]; }
  double false_positive(int64_t i) const { return values[static_cast<size_t>(size + 2 + i)]; }
  double predicted(int64_t i) const { return true_positive(i) + false_positive(i); }

  int64_t size;  ///< number of thresholds
  double positives, negatives;
  std::span<const double> values;
};

/// Probabilities are all above the first threshold and none above the last.
void check_range(const Counts& counts) {
  const double all = counts.positives + counts.negatives;
  const bool is_sound = std::abs(counts.predicted(0) - all) <= 1e-9 * std::abs(all) &&
                        counts.predicted(counts.size - 1) == 0;
  base::require(is_sound, "auc", "of values that weigh ", all, ", ", all - counts.predicted(0),
                " lie below 0 or are NaN and ", counts.predicted(counts.size - 1),
                " above 1, expected predictions in [0, 1]; pass probabilities, e.g. "
                "sigmoid(logits)");
}

Curve curve_of(const Counts& counts, AucCurve kind) {
  constexpr double kEpsilon = 1e-6;  // TensorFlow's, so that nothing is divided by 0
  Curve curve;
  for (int64_t i = 0; i < counts.size; ++i) {
    const double hits = counts.true_positive(i) + kEpsilon;
    const double recall = hits / (counts.positives + kEpsilon);
    const bool is_roc = kind == AucCurve::kRoc;
    curve.x.push_back(is_roc ? counts.false_positive(i) / (counts.negatives + kEpsilon) : recall);
    curve.y.push_back(is_roc ? recall : hits / (counts.predicted(i) + kEpsilon));
  }
  return curve;
}

double height(double left, double right, AucSummation summation) {
  switch (summation) {
    case AucSummation::kMinoring:
      return std::min(left, right);
    case AucSummation::kMajoring:
      return std::max(left, right);
    default:
      return (left + right) / 2;
  }
}

double area_under(const Curve& curve, AucSummation summation) {
  double area = 0;
  for (size_t i = 0; i + 1 < curve.x.size(); ++i)
    area += (curve.x[i] - curve.x[i + 1]) * height(curve.y[i], curve.y[i + 1], summation);
  return area;
}

double quotient(double a, double b) { return b == 0 ? 0 : a / b; }

/// Between two thresholds true positives grow linearly with predicted ones, precision does not.
/// Source: Davis and Goadrich, "The relationship between precision-recall and ROC curves".
double area_under_interpolated_pr(const Counts& counts) {
  double area = 0;
  for (int64_t i = 0; i + 1 < counts.size; ++i) {
    const double many = counts.predicted(i), few = counts.predicted(i + 1);
    const double more_hits = counts.true_positive(i) - counts.true_positive(i + 1);
    const double slope = quotient(more_hits, std::max(many - few, 0.0));
    const double intercept = counts.true_positive(i + 1) - slope * few;
    const double ratio = many > 0 && few > 0 ? many / few : 1;
    area += quotient(slope * (more_hits + intercept * std::log(ratio)), counts.positives);
  }
  return area;
}

double area_of(const Array& totals, AucCurve curve, AucSummation summation) {
  const Counts counts(totals);
  check_range(counts);
  if (curve == AucCurve::kPr && summation == AucSummation::kCarefulInterpolation)
    return area_under_interpolated_pr(counts);
  return area_under(curve_of(counts, curve), summation);
}

}  // namespace

Metric auc(Operand labels, Operand predictions, AucOptions options) {
  const char* where = "auc";
  const Tensor counts =
      nn::with_compared(where, labels, predictions, [&](const nn::Compared& resolved) {
        base::require(options.num_thresholds >= 2, where, "num_thresholds is ",
                      options.num_thresholds, ", expected at least 2; the default is 200");
        base::require(is_floating(resolved.predictions.dtype()), where, "predictions is ",
                      resolved.predictions.text(),
                      ", expected floats in [0, 1]; pass probabilities, e.g. sigmoid(logits)");
        if (nn::has_poison_weights({.weights = options.weights})) return *options.weights;
        return batch_counts(nn::with_equal_shapes(where, resolved), options);
      });
  const AucCurve curve = options.curve;
  const AucSummation summation = options.summation;
  return Metric({counts}, [curve, summation](const std::vector<Array>& totals) {
    return Array::scalar(area_of(totals[0], curve, summation));
  });
}

}  // namespace reckon::metrics
