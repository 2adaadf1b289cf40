// SPDX-License-Identifier: Apache-2.0
// Labels beside predictions, checked to be of one kind: what losses and metrics begin with.
#pragma once

#include <functional>

#include <reckon/tensor.h>

namespace reckon::nn {

struct Compared {
  Tensor labels, predictions;
};

/// The pair as one whose shapes are equal: nothing broadcasts.
/// Throws Error, kInvalidArgument, if they are known to differ; others are compared by the plan.
Compared with_equal_shapes(const char* where, const Compared& pair,
                           const char* predictions_name = "predictions");

/// `compute` on the resolved pair in a name scope `where`, with the user's line on nodes and
/// errors. If either is the labels of predict mode, so is the result, and nothing is computed.
Tensor with_compared(const char* where, const Operand& labels, const Operand& predictions,
                     const std::function<Tensor(const Compared&)>& compute);

/// The pair as floats of one dtype and equal shapes, as losses and errors of numbers take them.
/// Throws Error, kInvalidArgument, if it is not.
Compared equal_floats(const char* where, const Compared& pair);

}  // namespace reckon::nn
