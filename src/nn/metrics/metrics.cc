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
#include "nn/metrics/metric_weights.h"
#include "ops/at_place.h"

namespace reckon {
namespace {

/// sum / count; 0 if nothing was counted.
double ratio(const std::vector<double>& totals) {
  return totals[1] == 0 ? 0 : totals[0] / totals[1];
}

double root_of_ratio(const std::vector<double>& totals) { return std::sqrt(ratio(totals)); }

Tensor as_double(const Tensor& x) { return cast(x, kFloat64); }

/// sum / count of each element; 0 where nothing was counted.
Array ratios(const std::vector<Array>& totals) {
  Array mean = Array::zeros(kFloat64, totals[0].shape());
  const auto sums = totals[0].data<double>(), counts = totals[1].data<double>();
  const auto means = mean.mutable_data<double>();
  for (size_t i = 0; i < means.size(); ++i) means[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
  return mean;
}

/// {weighted values, weights}, of the shape of `values`.
Tensors weighted_and_weights(const char* where, const Tensor& values,
                             const metrics::MetricOptions& options) {
  if (values.is_poison()) return {stop_gradient(values), stop_gradient(values)};
  if (nn::has_poison_weights(options))
    return {stop_gradient(*options.weights), stop_gradient(*options.weights)};
  const Tensor each = nn::weights_like(where, values, options);
  return {as_double(values) * each, each};
}

/// {sum of weighted values, sum of weights}; `values` are numbers or bools.
Tensors sum_and_count(const char* where, const Tensor& values,
                      const metrics::MetricOptions& options) {
  if (values.is_poison()) return {stop_gradient(values), stop_gradient(values)};
  if (!options.weights) return {reduce_sum(as_double(values)), size(values, kInt64)};
  if (nn::has_poison_weights(options))
    return {stop_gradient(*options.weights), stop_gradient(*options.weights)};
  const Tensor each = nn::weights_like(where, values, options);
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

Metric::Metric(const Tensor& batch_value) : Metric(Tensors(), ratio) {
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

Metric::Metric(Tensors batch_values, Result result)
    : batch_values_(std::move(batch_values)), adds_scalars_(true) {
  if (!result) return;
  result_ = [result = std::move(result)](const std::vector<Array>& totals) {
    std::vector<double> numbers;
    for (const Array& total : totals) numbers.push_back(total.item<double>());
    return Array::scalar(result(numbers));
  };
}

Array Metric::value(const std::vector<Array>& totals) const {
  base::require(valid(), "metric", "has no result function, so there is nothing to make of ",
                totals.size(), " totals; make it with metrics::…, or give Metric() both arguments");
  base::require(totals.size() == batch_values_.size() + 1, "metric", "came with ", totals.size(),
                " totals, expected ", batch_values_.size() + 1,
                "; pass one for each batch value, then the number of batches");
  return result_(totals);
}

double Metric::result(const std::vector<double>& totals) const {
  std::vector<Array> arrays;
  for (double total : totals) arrays.push_back(Array::scalar(total));
  return value(arrays).item<double>();
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

Metric mean_tensor(Operand values, MetricOptions options) {
  return ops::at_place(values.place(), [&] {
    const nn::LayerScope scope(
        graph::current_trace("mean_tensor", values.place()).unique_scope("mean_tensor"));
    return Metric(weighted_and_weights("mean_tensor", values.resolve(), options), ratios);
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
