// SPDX-License-Identifier: Apache-2.0
// Values that training writes for TensorBoard every RunConfig::save_summary_steps steps.
#pragma once

#include <string>

#include <reckon/tensor.h>

namespace reckon::summary {

/// A number. Ignored outside model_fn's training trace.
///   value   one element, any numeric dtype
///   throws  Error, kInvalidArgument, inside cond and while_loop, or if the value has not one
///   element
void scalar(const std::string& tag, Operand value);
/// The distribution of all elements.
void histogram(const std::string& tag, Operand values);

}  // namespace reckon::summary
