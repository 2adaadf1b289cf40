// SPDX-License-Identifier: Apache-2.0
// For tests: the labels of predict mode, from which anything may be computed and nothing run.
#pragma once

#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon::nn {

inline Tensor poison_labels() {
  graph::Trace& trace = graph::current_trace("labels");
  graph::Function& function = *trace.outermost();
  return {trace.module, &function,
          graph::add_parameter(function, {DType::kInvalid, {}}, "labels", {}, true)};
}

}  // namespace reckon::nn
