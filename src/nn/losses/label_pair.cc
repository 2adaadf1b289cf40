// SPDX-License-Identifier: Apache-2.0
#include "nn/losses/label_pair.h"

#include <reckon/graph.h>
#include "base/check.h"
#include "nn/layers/layer_scope.h"
#include "ops/at_place.h"
#include "ops/network/label_mend.h"
#include "ops/shape/same_shape.h"

namespace reckon::nn {

Compared with_equal_shapes(const char* where, const Compared& pair, const char* predictions_name) {
  const std::string mend = ops::equal_shape_mend(pair.labels, pair.predictions);
  // Where the batch happens to have as many rows as there are classes, the shapes would fit.
  const bool is_position =
      ops::is_position_in_batch(pair.predictions) || ops::is_position_in_batch(pair.labels);
  const bool is_certain =
      pair.labels.shape().is_static() && pair.labels.shape() == pair.predictions.shape();
  base::require(!is_position || is_certain, where, "labels is ", pair.labels.text(), " but ",
                predictions_name, " is ", pair.predictions.text(), ", expected one shape; ", mend);
  return {ops::same_shape(where, "labels", pair.labels, predictions_name, pair.predictions, mend),
          pair.predictions};
}

Compared equal_floats(const char* where, const Compared& pair) {
  base::require(is_floating(pair.labels.dtype()) && pair.labels.dtype() == pair.predictions.dtype(),
                where, "labels is ", pair.labels.text(), " and predictions is ",
                pair.predictions.text(),
                ", expected floats of one dtype; cast one of them, e.g. cast(labels, kFloat32)");
  return with_equal_shapes(where, pair);
}

Tensor with_compared(const char* where, const Operand& labels, const Operand& predictions,
                     const std::function<Tensor(const Compared&)>& compute) {
  return ops::at_place(labels.place(), [&] {
    const LayerScope scope(graph::current_trace(where, labels.place()).unique_scope(where));
    // A plain number takes the dtype of the other side.
    const DType dtype = labels.is_tensor() ? labels.tensor().dtype() : DType::kInvalid;
    const Tensor second = predictions.resolve(dtype);
    const Compared pair{labels.resolve(second.dtype()), second};
    // A node of its own, which identity() does not make, so that running it names this line.
    if (pair.labels.is_poison()) return stop_gradient(pair.labels);
    if (pair.predictions.is_poison()) return stop_gradient(pair.predictions);
    return compute(pair);
  });
}

}  // namespace reckon::nn
