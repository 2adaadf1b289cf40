// SPDX-License-Identifier: Apache-2.0
// Losses: each states its unreduced form; weights and reductions are common to all.
#include <reckon/losses.h>

#include <reckon/graph.h>
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "nn/losses/label_pair.h"
#include "nn/losses/loss_reduction.h"
#include "ops/axis.h"
#include "ops/network/label_mend.h"
#include "ops/shape/same_shape.h"

namespace reckon::losses {
namespace {

using nn::Compared;

/// [batch, 1] as [batch] beside losses of rank `rank`.
Tensor without_last_one(const Tensor& x, int rank) {
  return x.rank() == rank + 1 && x.shape()[-1] == 1 ? squeeze(x, {-1}) : x;
}

}  // namespace

Tensor mean_squared_error(Operand labels, Operand predictions, LossOptions options) {
  const char* where = "mean_squared_error";
  return nn::with_compared(where, labels, predictions, [&](const Compared& resolved) {
    const Compared pair = nn::equal_floats(where, resolved);
    return nn::reduce_losses(where, squared_difference(pair.predictions, pair.labels), options);
  });
}

Tensor absolute_difference(Operand labels, Operand predictions, LossOptions options) {
  const char* where = "absolute_difference";
  return nn::with_compared(where, labels, predictions, [&](const Compared& resolved) {
    const Compared pair = nn::equal_floats(where, resolved);
    return nn::reduce_losses(where, abs(pair.predictions - pair.labels), options);
  });
}

Tensor sparse_softmax_cross_entropy(Operand labels, Operand logits, LossOptions options) {
  const char* where = "sparse_softmax_cross_entropy";
  return nn::with_compared(where, labels, logits, [&](const Compared& pair) {
    ops::require_logits(where, pair.labels, pair.predictions);
    const int rank = pair.predictions.rank() - 1;
    const Tensor classes = without_last_one(pair.labels, rank);
    Shape expected;
    for (int axis = 0; axis < rank; ++axis) expected.append(pair.predictions.shape()[axis]);
    const bool fits = rank >= 1 && ops::may_be_equal(classes.shape(), expected) &&
                      (classes.dtype() == kInt32 || classes.dtype() == kInt64);
    base::require(fits, where, "labels is ", pair.labels.text(), " and logits is ",
                  pair.predictions.text(),
                  ", expected int32 or int64 [batch] beside floats [batch, classes]; ",
                  ops::class_number_mend(pair.labels, pair.predictions));
    if (options.weights && options.weights->valid() && !options.weights->is_poison()) {
      options.weights = without_last_one(*options.weights, rank);
    }
    return nn::reduce_losses(
        where, nn::sparse_softmax_cross_entropy_with_logits(classes, pair.predictions), options);
  });
}

Tensor softmax_cross_entropy(Operand labels, Operand logits, LossOptions options) {
  const char* where = "softmax_cross_entropy";
  return nn::with_compared(where, labels, logits, [&](const Compared& resolved) {
    ops::require_logits(where, resolved.labels, resolved.predictions);
    const std::string mend = ops::distribution_mend(resolved.labels, resolved.predictions);
    base::require(!ops::are_class_numbers(resolved.labels, resolved.predictions), where,
                  "labels is ", resolved.labels.text(), " and logits is ",
                  resolved.predictions.text(), ", expected one number for each class; ", mend);
    const Compared pair{
        ops::same_shape(where, "labels", resolved.labels, "logits", resolved.predictions, mend),
        resolved.predictions};
    const Tensor targets = stop_gradient(cast(pair.labels, pair.predictions.dtype()));
    return nn::reduce_losses(
        where, nn::softmax_cross_entropy_with_logits(targets, pair.predictions), options);
  });
}

Tensor sigmoid_cross_entropy(Operand labels, Operand logits, LossOptions options) {
  const char* where = "sigmoid_cross_entropy";
  return nn::with_compared(where, labels, logits, [&](const Compared& resolved) {
    ops::require_logits(where, resolved.labels, resolved.predictions);
    const Compared pair = nn::with_equal_shapes(where, resolved, "logits");
    const Tensor targets = cast(pair.labels, pair.predictions.dtype());
    return nn::reduce_losses(
        where, nn::sigmoid_cross_entropy_with_logits(targets, pair.predictions), options);
  });
}

}  // namespace reckon::losses
