// SPDX-License-Identifier: Apache-2.0
// The model functions of W1, W2 and W10. They take no mode: one trace serves all of them.
#pragma once

#include <reckon/reckon.h>

namespace bench {

/// W1: dense 16-1, mean squared error, SGD 0.01. features: x float32[batch, 16]; labels [batch, 1].
reckon::EstimatorSpec line_model(const reckon::Features& features, const reckon::Tensor& labels);

/// W2, W10: dense 784-128-10, softmax cross entropy, Adam 1e-3. features: x float32[batch, 784];
/// labels int64[batch]; predicts "probabilities" float32[batch, 10].
reckon::EstimatorSpec fashion_model(const reckon::Features& features, const reckon::Tensor& labels);

}  // namespace bench
