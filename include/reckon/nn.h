// SPDX-License-Identifier: Apache-2.0
// Building blocks of networks without variables: softmax, cross entropies, normalisation, dropout.
// Activations are in activations.h. All take float32 or float64 and throw Error, kInvalidArgument,
// otherwise.
#pragma once

#include <cstdint>
#include <optional>

#include <reckon/activations.h>
#include <reckon/linalg.h>
#include <reckon/math_ops.h>

namespace reckon::nn {

/// exp(x) / sum(exp(x)) along the last axis, without overflow. Source: Goodfellow et al. 2016,
/// section 4.1.
Tensor softmax(Operand logits);
/// log(softmax(x)) along the last axis, without underflow.
Tensor log_softmax(Operand logits);
/// softmax along another axis: `nn::Softmax{.axis = 1}(x)`.
struct Softmax {
  int axis = -1;  ///< a negative axis counts from the end
  Tensor operator()(Operand logits) const;
};
/// log_softmax along another axis.
struct LogSoftmax {
  int axis = -1;  ///< a negative axis counts from the end
  Tensor operator()(Operand logits) const;
};

/// sum(x^2) / 2: a scalar.
Tensor l2_loss(Operand x);

struct BiasAddOptions {
  int axis = -1;  ///< the axis of x that bias belongs to
};
/// x + bias.
///   x     numbers, rank >= 2
///   bias  [x.shape[axis]]
Tensor bias_add(Operand x, Operand bias, BiasAddOptions options = {});
/// matmul(x, weights) + bias.
Tensor xw_plus_b(Operand x, Operand weights, Operand bias);
/// relu(matmul(x, weights) + bias)
Tensor relu_layer(Operand x, Operand weights, Operand bias);

/// Cross entropy of independent probabilities: max(x, 0) - x * label + log(1 + exp(-|x|)), in nats.
///   labels, logits  one shape; labels in [0, 1]
Tensor sigmoid_cross_entropy_with_logits(Operand labels, Operand logits);
/// Cross entropy between distributions: -sum(labels * log_softmax(logits)) along an axis, in nats.
///   labels, logits  one shape; labels that do not sum to 1 are taken as they are
///   returns         the shape without the axis
///   source          Goodfellow et al. 2016, section 6.2.2.3
Tensor softmax_cross_entropy_with_logits(Operand labels, Operand logits, int axis = -1);
/// Cross entropy between class numbers and the softmax of logits, in nats.
///   labels   int32 or int64, logits.shape[:-1], each in [0, classes): another one is an error of
///   the step returns  the shape of labels source   Goodfellow et al. 2016, section 6.2.2.3
Tensor sparse_softmax_cross_entropy_with_logits(Operand labels, Operand logits);

struct Moments {
  Tensor mean, variance;
};
/// Mean and variance (divided by n, not n - 1) over axes. No gradient flows through the mean inside
/// the variance: mathematically it is 0.
Moments moments(Operand x, const Axes& axes, ReduceFlags flags = {});

/// (x - mean) / sqrt(variance + epsilon) * scale + offset, broadcast to x.
///   offset, scale  left out if not given
///   source         Ioffe, Szegedy 2015
Tensor batch_normalization(Operand x, Operand mean, Operand variance,
                           const std::optional<Operand>& offset,
                           const std::optional<Operand>& scale, double epsilon);

struct FusedBatchNorm {
  Tensor y;         ///< the shape of x
  Tensor mean;      ///< of the batch: [channels]
  Tensor variance;  ///< of the batch, divided by n: [channels]
};
/// batch_normalization with the moments of this batch over all axes but the last, in one op.
///   x              [..., channels]
///   scale, offset  [channels]
FusedBatchNorm fused_batch_norm(Operand x, Operand scale, Operand offset, double epsilon = 1e-3);

struct DropoutOptions {
  double rate = 0.5;                            ///< in [0, 1): the probability of 0
  std::optional<uint64_t> seed = std::nullopt;  ///< the run's seed and the op's name if not given
};
/// Zeroes each element with probability `rate` and divides the rest by 1 - rate; the gradient makes
/// the same mask again instead of storing it. Source: Srivastava et al. 2014.
Tensor dropout(Operand x, DropoutOptions options = {});

}  // namespace reckon::nn
