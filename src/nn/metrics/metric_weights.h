// SPDX-License-Identifier: Apache-2.0
// How often each value of a metric counts.
#pragma once

#include <reckon/metrics.h>

namespace reckon::nn {

/// True if `options` has weights that are the labels of predict mode.
bool has_poison_weights(const metrics::MetricOptions& options);
/// The weights of `values` in float64 and of their shape; ones without any.
/// Throws Error, kInvalidArgument, if they are neither a scalar nor of the values' rank with each
/// dimension equal or 1.
Tensor weights_like(const char* where, const Tensor& values, const metrics::MetricOptions& options);

}  // namespace reckon::nn
