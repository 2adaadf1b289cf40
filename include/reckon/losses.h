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
struct LossOptions {
  std::optional<Tensor> weights =
      std::nullopt;  ///< a scalar, or of the labels' rank with each dimension equal or 1
  Reduction reduction = Reduction::kSumByNonzeroWeights;
};

/// Mean of (prediction - label)^2 over all elements. Source:
/// tf.compat.v1.losses.mean_squared_error.
///   labels, predictions  floats of one dtype and equal shapes
///   throws  Error, kInvalidArgument, if the shapes differ: nothing broadcasts
Tensor mean_squared_error(Operand labels, Operand predictions, LossOptions options = {});
/// Mean of |prediction - label|.
Tensor absolute_difference(Operand labels, Operand predictions, LossOptions options = {});
/// Cross entropy between class numbers and the softmax of logits, in nats.
///   labels   int32 or int64 [batch] (or [batch, 1]), each in [0, classes)
///   logits   float32 or float64 [batch, classes], unscaled
///   throws   Error, kInvalidArgument; a label out of range is an error of the step
///   source   Goodfellow et al. 2016, section 6.2.2.3;
///   tf.compat.v1.losses.sparse_softmax_cross_entropy
Tensor sparse_softmax_cross_entropy(Operand labels, Operand logits, LossOptions options = {});
/// The same between distributions and the softmax of logits.
///   labels   as logits: each row a distribution
Tensor softmax_cross_entropy(Operand labels, Operand logits, LossOptions options = {});
/// Cross entropy between labels in [0, 1] and the sigmoid of logits, mean over all elements.
///   labels   the shape of logits; any numeric dtype
Tensor sigmoid_cross_entropy(Operand labels, Operand logits, LossOptions options = {});

}  // namespace reckon::losses
