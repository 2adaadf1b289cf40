// SPDX-License-Identifier: Apache-2.0
// Unreduced losses into one number, with weights: tf.compat.v1.losses.compute_weighted_loss.
#pragma once

#include <reckon/losses.h>

namespace reckon::nn {

/// `losses` weighted and reduced. Where nothing counts, the result and its gradients are 0, not
/// NaN.
///   throws  Error, kInvalidArgument, if the weights are neither a scalar nor of the losses' rank
///   with each
///           dimension equal or 1
Tensor reduce_losses(const char* where, const Tensor& losses, const losses::LossOptions& options);

}  // namespace reckon::nn
