// SPDX-License-Identifier: Apache-2.0
// The gradient of fused batch normalisation, as the op calls it.
#pragma once

#include "ops/define.h"

namespace reckon::ops {

struct BatchNormOptions {
  double epsilon = 1e-3;
};
/// (grad, x, scale, mean, variance): gradients of x, scale and offset through y, where mean and
/// variance are those of x itself.
extern const DefinedOp<BatchNormOptions> batch_norm_gradient_op;

/// [rows, channels] of a planned or running x.
struct ChannelExtents {
  int64_t rows = 1, channels = 1;
};
ChannelExtents channel_extents(const int64_t* dims, int rank);
/// The axes that statistics run over: all but the last.
std::vector<int64_t> statistic_axes(int rank);

}  // namespace reckon::ops
