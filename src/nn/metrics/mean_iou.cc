// SPDX-License-Identifier: Apache-2.0
// The mean over classes of intersection over union. A batch gives its confusion matrix, with one
// row and column more for what is no class.
#include <reckon/metrics.h>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "nn/losses/label_pair.h"
#include "nn/metrics/metric_weights.h"

namespace reckon::metrics {
namespace {

/// [n, classes + 1]: 1 at the class of each element, in the last column for what is none.
Tensor class_rows(const Tensor& x, int64_t classes) {
  const Tensor number = reshape(cast(x, kInt64), {-1});
  const Tensor is_class = logical_and(number >= int64_t{0}, number < classes);
  return one_hot(where(is_class, number, classes), classes + 1, {.dtype = kFloat64});
}

/// [classes + 1, classes + 1] by label and prediction.
Tensor batch_confusion(const nn::Compared& pair, int64_t classes, const MetricOptions& options) {
  const Tensor weights = nn::weights_like("mean_iou", pair.predictions, options);
  return matmul(class_rows(pair.labels, classes) * reshape(weights, {-1, 1}),
                class_rows(pair.predictions, classes), {.transpose_a = true});
}

double mean_over_classes(const Array& confusion) {
  const int64_t classes = confusion.shape()[0] - 1;
  double sum = 0, outside = 0;
  int64_t seen = 0;
  for (int64_t i = 0; i <= classes; ++i) {
    double either = -confusion.at<double>(i, i);
    for (int64_t j = 0; j <= classes; ++j)
      either += confusion.at<double>(i, j) + confusion.at<double>(j, i);
    if (i == classes)
      outside = either;
    else if (either > 0)
      sum += confusion.at<double>(i, i) / either;
    seen += i < classes && either != 0 ? 1 : 0;
  }
  base::require(outside == 0, "mean_iou", "pairs that weigh ", outside,
                " have a label or prediction that is no class, expected classes in [0, ", classes,
                "); raise num_classes, or weigh them with 0");
  return seen == 0 ? 0 : sum / static_cast<double>(seen);
}

}  // namespace

Metric mean_iou(Operand labels, Operand predictions, Integer num_classes, MetricOptions options) {
  const char* where = "mean_iou";
  const int64_t classes = num_classes;
  const Tensor confusion =
      nn::with_compared(where, labels, predictions, [&](const nn::Compared& resolved) {
        base::require(classes >= 1, where, "num_classes is ", classes,
                      ", expected at least 1; give the number of classes");
        base::require(
            is_integer(resolved.labels.dtype()) && is_integer(resolved.predictions.dtype()), where,
            "labels is ", resolved.labels.text(), " and predictions is ",
            resolved.predictions.text(),
            ", expected classes as integers; predict them, e.g. by argmax(logits, -1)");
        if (nn::has_poison_weights(options)) return *options.weights;
        return batch_confusion(nn::with_equal_shapes(where, resolved), classes, options);
      });
  return Metric({confusion}, [](const std::vector<Array>& totals) {
    return Array::scalar(mean_over_classes(totals[0]));
  });
}

}  // namespace reckon::metrics
