// SPDX-License-Identifier: Apache-2.0
// Losses: scalars, averaged over the batch unless said otherwise.
#pragma once

#include <optional>

#include <reckon/tensor.h>

namespace reckon::losses {

/// How unreduced losses become one number.
enum class Reduction {
  kMean,                 ///< sum(weight * loss) / sum(weight): version 1's weighted_mean
  kSum,                  ///< sum(weight * loss)
  kSumOverBatchSize,     ///< sum(weight * loss) / number of losses
  kSumByNonzeroWeights,  ///< sum(weight * loss) / number of losses whose weight is not 0: the
                         ///< default
  kNone,                 ///< weight * loss, unreduced
};
/// How a loss weighs and averages.
struct LossOptions {
  std::optional<Tensor> weights =
      std::nullopt;  ///< numbers: a scalar, or of the losses' rank with each dimension equal or 1
  Reduction reduction = Reduction::kSumByNonzeroWeights;  ///< a quotient by 0 is 0
};

// Each returns a scalar (kNone: the losses' shape) of the dtype of predictions or logits, float32
// or float64. Each throws Error, kInvalidArgument, with the user's line, for another dtype, shapes
// that differ (nothing broadcasts) or weights that do not fit. In predict mode the loss of labels
// is poison: it cannot be run, and need not be.

/// Mean of (prediction - label)^2 over all elements, which are the losses.
///   labels, predictions  floats of one dtype and equal shapes
///   source               tf.compat.v1.losses.mean_squared_error
Tensor mean_squared_error(Operand labels, Operand predictions, LossOptions options = {});
/// Mean of |prediction - label| over all elements, which are the losses.
///   labels, predictions  floats of one dtype and equal shapes
///   source               tf.compat.v1.losses.absolute_difference
Tensor absolute_difference(Operand labels, Operand predictions, LossOptions options = {});
/// Cross entropy between class numbers and the softmax of logits, in nats; one loss for each label.
///   labels   int32 or int64 [batch] (or [batch, 1]), each in [0, classes): for another one the run
///            throws Error, kInvalidArgument
///   logits   float32 or float64 [batch, classes], unscaled; more dimensions before the last are
///            taken likewise
///   source   Goodfellow et al. 2016, section 6.2.2.3;
///            tf.compat.v1.losses.sparse_softmax_cross_entropy
Tensor sparse_softmax_cross_entropy(Operand labels, Operand logits, LossOptions options = {});
/// Cross entropy between distributions and the softmax of logits, in nats; one loss for each row.
///   labels   the shape of logits, any numeric dtype: each row a distribution, which is not
///            checked; no gradient flows to it
///   logits   float32 or float64 [..., classes], unscaled
///   source   tf.compat.v1.losses.softmax_cross_entropy
Tensor softmax_cross_entropy(Operand labels, Operand logits, LossOptions options = {});
/// Cross entropy between labels in [0, 1] and the sigmoid of logits, in nats, mean over all
/// elements, which are the losses.
///   labels   the shape of logits; any numeric dtype
///   logits   float32 or float64, unscaled
///   source   tf.compat.v1.losses.sigmoid_cross_entropy
Tensor sigmoid_cross_entropy(Operand labels, Operand logits, LossOptions options = {});

}  // namespace reckon::losses
