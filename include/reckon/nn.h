// SPDX-License-Identifier: Apache-2.0
// Building blocks of networks without variables: softmax, cross entropies, normalisation, dropout.
// Activations are in activations.h.
#pragma once

#include <cstdint>
#include <optional>

#include <reckon/activations.h>
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>

namespace reckon::nn {

// "Floats" are float32 or float64, one dtype in a call, which the result has. Another dtype or
// shape throws Error, kInvalidArgument, with the user's line. Source, besides those named: tf.nn's
// function of that name in TensorFlow 2.15.

/// exp(x) / sum(exp(x)) along the last axis, without overflow. A row with NaN or infinity, or of
/// -infinity only, gives NaN.
///   logits   floats, rank >= 1
///   returns  the shape of logits; each row sums to 1
///   source   Goodfellow et al. 2016, section 4.1
Tensor softmax(Operand logits);
/// log(softmax(x)) along the last axis, without underflow; all else as softmax.
Tensor log_softmax(Operand logits);
/// softmax along another axis: `nn::Softmax{.axis = 1}(x)`.
struct Softmax {
  int axis = -1;  ///< a negative axis counts from the end
  /// softmax; also throws for an axis that does not exist.
  Tensor operator()(Operand logits) const;
};
/// log_softmax along another axis.
struct LogSoftmax {
  int axis = -1;  ///< a negative axis counts from the end
  /// log_softmax; also throws for an axis that does not exist.
  Tensor operator()(Operand logits) const;
};

/// sum(x^2) / 2 of floats of any shape: a scalar; 0 if there is nothing.
Tensor l2_loss(Operand x);

/// Where bias_add adds.
struct BiasAddOptions {
  int axis = -1;  ///< the axis of x that bias belongs to; a negative one counts from the end
};
/// x + bias.
///   x        float32, float64, int32, int64 or uint8, rank >= 2
///   bias     the dtype of x, [x.shape[axis]]
///   returns  the shape of x
Tensor bias_add(Operand x, Operand bias, BiasAddOptions options = {});
/// matmul(x, weights) + bias.
///   x        as a of matmul, [..., k]
///   weights  [k, n]
///   bias     [n]
///   returns  [..., n]
///   source   tf.compat.v1.nn.xw_plus_b
Tensor xw_plus_b(Operand x, Operand weights, Operand bias);
/// relu(xw_plus_b(x, weights, bias)). Source: tf.compat.v1.nn.relu_layer.
Tensor relu_layer(Operand x, Operand weights, Operand bias);

/// Cross entropy of independent probabilities: max(x, 0) - x * label + log(1 + exp(-|x|)), in nats.
///   labels, logits  floats of one shape; labels in [0, 1], which is not checked
///   returns         that shape; gradients flow to both. A logit of -infinity costs a label of 0
///                   nothing
Tensor sigmoid_cross_entropy_with_logits(Operand labels, Operand logits);
/// Cross entropy between distributions: -sum(labels * log_softmax(logits)) along an axis, in nats.
///   labels, logits  floats of one shape, rank >= 1; labels that do not sum to 1 are taken as they
///                   are
///   returns         the shape without the axis; gradients flow to both. A logit of -infinity costs
///                   a label of 0 nothing: so a class is masked
///   source          Goodfellow et al. 2016, section 6.2.2.3
Tensor softmax_cross_entropy_with_logits(Operand labels, Operand logits, Integer axis = -1);
/// Cross entropy between class numbers and the softmax of logits, in nats.
///   labels   int32 or int64, logits.shape[:-1], each in [0, classes): for another one the run
///            throws Error, kInvalidArgument
///   logits   floats [..., classes], unscaled
///   returns  the shape of labels
///   source   Goodfellow et al. 2016, section 6.2.2.3
Tensor sparse_softmax_cross_entropy_with_logits(Operand labels, Operand logits);

/// What moments gives.
struct Moments {
  Tensor mean, variance;  ///< x without the axes, or with extent 1
};
/// Mean and variance (divided by n, not n - 1) over axes.
///   x     floats
///   axes  as in reduce_mean; over nothing both are NaN
Moments moments(Operand x, const Axes& axes, ReduceFlags flags = {});

/// (x - mean) / sqrt(variance + epsilon) * scale + offset, broadcast to x.
///   x               floats
///   mean, variance  the dtype of x; they broadcast with it
///   offset, scale   likewise; left out if not given
///   epsilon         keeps the root from 0
///   source          Ioffe and Szegedy 2015, algorithm 1
Tensor batch_normalization(Operand x, Operand mean, Operand variance,
                           const std::optional<Operand>& offset,
                           const std::optional<Operand>& scale, Real epsilon);

/// What fused_batch_norm gives.
struct FusedBatchNorm {
  Tensor y;         ///< the shape of x
  Tensor mean;      ///< of the batch: [channels]
  Tensor variance;  ///< of the batch, divided by n: [channels]
};
/// batch_normalization with the moments of this batch over all axes but the last, in one op.
/// Gradients flow through all three results. No rows give NaN moments and gradients of 0.
///   x              floats [..., channels], rank >= 2
///   scale, offset  the dtype of x, [channels]
///   source         Ioffe and Szegedy 2015, algorithm 1; tf.compat.v1.nn.fused_batch_norm
FusedBatchNorm fused_batch_norm(Operand x, Operand scale, Operand offset, Real epsilon = 1e-3);

/// What dropout drops.
struct DropoutOptions {
  double rate = 0.5;                    ///< in [0, 1): the probability of 0
  Maybe<uint64_t> seed = std::nullopt;  ///< the run's seed and the op's name if not given
};
/// Zeroes each element with probability `rate` and divides the rest by 1 - rate; the gradient makes
/// the same mask again instead of storing it.
///   x        floats of any shape
///   returns  the shape of x; a dropped NaN is 0
///   throws   Error, kInvalidArgument, if rate is not in [0, 1)
///   source   Srivastava et al. 2014; tf.nn.dropout
Tensor dropout(Operand x, DropoutOptions options = {});

}  // namespace reckon::nn
