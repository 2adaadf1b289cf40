// SPDX-License-Identifier: Apache-2.0
// Values that training writes for TensorBoard every RunConfig::save_summary_steps steps.
#pragma once

#include <string>

#include <reckon/tensor.h>

namespace reckon::summary {

// A tag is UTF-8 and comes once in a trace: TensorBoard would show one of two. Another one throws
// Error, kInvalidArgument, with the user's line.

/// A number, written as float32. Ignored where nothing trains.
///   value   one element, any numeric dtype or bool
///   throws  Error, kInvalidArgument, inside cond and while_loop, or if the value has not one
///           element; kFailedPrecondition outside a graph
///   source  tf.compat.v1.summary.scalar
void scalar(const std::string& tag, Operand value);
/// The distribution of all elements, in buckets 10 % apart. Ignored where nothing trains.
///   values  any shape, any numeric dtype or bool; NaN or infinity throws Error, kInvalidArgument,
///           at the step that writes it
///   throws  Error, kInvalidArgument, inside cond and while_loop; kFailedPrecondition outside a
///           graph
///   source  tf.compat.v1.summary.histogram
void histogram(const std::string& tag, Operand values);

}  // namespace reckon::summary
