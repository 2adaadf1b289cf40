// SPDX-License-Identifier: Apache-2.0
// Metrics: a sum and a count for each batch. Sums are made in float64 and counts are integers or
// float64, so that nothing is lost over any number of batches.
#include <reckon/metrics.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "graph/trace.h"
#include "nn/layers/layer_scope.h"
#include "nn/losses/label_pair.h"
#include "ops/at_place.h"
#include "ops/gradient_support.h"

namespace reckon {
namespace {

/// sum / count; 0 if nothing was counted.
double ratio(const std::vector<double>& totals) {
  return totals[1] == 0 ? 0 : totals[0] / totals[1];
}

double root_of_ratio(const std::vector<double>& totals) { return std::sqrt(ratio(totals)); }

Tensor as_double(const Tensor& x) { return cast(x, kFloat64); }

/// As losses' weights: weights of rows would lie along columns if fewer dimensions were enough.
bool may_weigh(const Shape& weights, const Shape& values) {
  if (weights.rank() == 0) return true;
  if (weights.rank() != values.rank()) return false;
  for (int axis = 0; axis < weights.rank(); ++axis) {
    const int64_t weight = weights[axis], value = values[axis];
    if (weight != 1 && weight >= 0 && value >= 0 && weight != value) return false;
  }
  return true;
}

/// {sum of weighted values, sum of weights}; `values` are numbers or bools.
Tensors sum_and_count(const char* where, const Tensor& values,
                      const metrics::MetricOptions& options) {
  if (values.is_poison()) return {stop_gradient(values), stop_gradient(values)};
  if (!options.weights) return {reduce_sum(as_double(values)), size(values, kInt64)};
  const Tensor weights = Operand(*options.weights).resolve();
  if (weights.is_poison()) return {stop_gradient(weights), stop_gradient(weights)};
  base::require(
      may_weigh(weights.shape(), values.shape()), where, "weights is ", weights.text(),
      " but the values are ", values.text(),
      "; weights must be a scalar, or of that rank with each dimension equal or 1: reshape them");
  const Tensor each = ops::broadcast_like(as_double(weights), values);
  return {reduce_sum(as_double(values) * each), reduce_sum(each)};
}

Metric mean_of(const char* where, const Operand& labels, const Operand& predictions,
               const metrics::MetricOptions& options, Metric::Result result,
               const std::function<Tensor(const nn::Compared&)>& compute) {
  Tensors sums;
  const Tensor sum = nn::with_compared(where, labels, predictions, [&](const nn::Compared& pair) {
    sums = sum_and_count(where, compute(pair), options);
    return sums[0];
  });
  // The labels of predict mode: nothing was computed.
  if (sums.empty()) sums = {sum, sum};
  return Metric(std::move(sums), std::move(result));
}

}  // namespace

Metric::Metric(const Tensor& batch_value) : result_(ratio) {
  const Place place = batch_value.place();
  const bool is_number = batch_value.valid() && batch_value.rank() == 0 &&
                         (is_floating(batch_value.dtype()) || is_integer(batch_value.dtype()));
  if (!is_number && !batch_value.is_poison()) {
    throw Error(ErrorCode::kInvalidArgument, "metric",
                base::concat_text("the batch's value is ", batch_value.text(),
                                  ", expected one number; reduce it, or use metrics::mean"),
                place);
  }
  batch_values_ = {batch_value, graph::constant_node(Array::scalar<int64_t>(1), place)};
}

double Metric::result(const std::vector<double>& totals) const {
  base::require(valid(), "metric", "has no result function, so there is nothing to make of ",
                totals.size(), " totals; make it with metrics::…, or give Metric() both arguments");
  base::require(totals.size() == batch_values_.size() + 1, "metric", "came with ", totals.size(),
                " totals, expected ", batch_values_.size() + 1,
                "; pass one for each batch value, then the number of batches");
  return result_(totals);
}

namespace metrics {
namespace {

const char* accuracy_mend(const nn::Compared& pair) {
  if (!is_floating(pair.labels.dtype()) || is_floating(pair.predictions.dtype()))
    return "predict classes, e.g. argmax(logits, -1)";
  if (pair.labels.rank() > pair.predictions.rank())
    return "labels come first, then classes, e.g. argmax(logits, -1)";
  return "cast the labels to class numbers: cast(labels, kInt64)";
}

}  // namespace

Metric accuracy(Operand labels, Operand predictions, MetricOptions options) {
  const char* where = "accuracy";
  return mean_of(where, labels, predictions, options, ratio, [&](const nn::Compared& resolved) {
    const DType label = resolved.labels.dtype(), prediction = resolved.predictions.dtype();
    const bool are_integers = is_integer(label) && is_integer(prediction);
    base::require(label == prediction || are_integers, where, "labels is ", resolved.labels.text(),
                  " but predictions is ", resolved.predictions.text(),
                  "; both need one dtype: ", accuracy_mend(resolved));
    const nn::Compared pair = nn::with_equal_shapes(where, resolved);
    return label == prediction ? equal(pair.labels, pair.predictions)
                               : equal(cast(pair.labels, kInt64), cast(pair.predictions, kInt64));
  });
}

Metric mean(Operand values, MetricOptions options) {
  return ops::at_place(values.place(), [&] {
    const nn::LayerScope scope(graph::current_trace("mean", values.place()).unique_scope("mean"));
    return Metric(sum_and_count("mean", values.resolve(), options), ratio);
  });
}

Metric root_mean_squared_error(Operand labels, Operand predictions, MetricOptions options) {
  const char* where = "root_mean_squared_error";
  return mean_of(where, labels, predictions, options, root_of_ratio,
                 [&](const nn::Compared& resolved) {
                   const nn::Compared pair = nn::equal_floats(where, resolved);
                   return squared_difference(pair.labels, pair.predictions);
                 });
}

Metric mean_squared_error(Operand labels, Operand predictions, MetricOptions options) {
  const char* where = "mean_squared_error";
  return mean_of(where, labels, predictions, options, ratio, [&](const nn::Compared& resolved) {
    const nn::Compared pair = nn::equal_floats(where, resolved);
    return squared_difference(pair.labels, pair.predictions);
  });
}

Metric mean_absolute_error(Operand labels, Operand predictions, MetricOptions options) {
  const char* where = "mean_absolute_error";
  return mean_of(where, labels, predictions, options, ratio, [&](const nn::Compared& resolved) {
    const nn::Compared pair = nn::equal_floats(where, resolved);
    return abs(pair.predictions - pair.labels);
  });
}

}  // namespace metrics
}  // namespace reckon
