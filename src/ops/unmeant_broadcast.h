// SPDX-License-Identifier: Apache-2.0
// A warning where a broadcast computes what hardly anybody means: [n, 1] with [n] is [n, n].
#pragma once

#include <reckon/tensor.h>
#include "ops/define.h"

namespace reckon::ops {

/// Logs one line, once for each place in the process, if two inputs of different rank meet so that
/// rows of one lie along the columns of the other. A new axis that was asked for (expand_dims,
/// reshape, keep_dims) is consent.
void warn_of_unmeant_broadcast(const OpDef& op, const Tensors& inputs, Place place);

}  // namespace reckon::ops
