// SPDX-License-Identifier: Apache-2.0
// Unreduced losses into one number, with weights: tf.compat.v1.losses.compute_weighted_loss.
#pragma once

#include <reckon/losses.h>

namespace reckon::nn {

/// True if `weights` may weigh `values`: a scalar, or of their rank with each dimension equal or 1,
/// as far as they are known. With fewer dimensions weights of rows would lie along columns.
bool may_weigh(const Shape& weights, const Shape& values);

/// `losses` weighted and reduced. Where nothing counts, the result and its gradients are 0, not
/// NaN.
///   throws  Error, kInvalidArgument, if the weights are neither a scalar nor of the losses' rank
///   with each
///           dimension equal or 1
Tensor reduce_losses(const char* where, const Tensor& losses, const losses::LossOptions& options);

}  // namespace reckon::nn
