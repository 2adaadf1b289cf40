// SPDX-License-Identifier: Apache-2.0
// For tests: the labels of predict mode, from which anything may be computed and nothing run.
#pragma once

#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon::nn {

inline Tensor poison_labels() {
  graph::Trace& trace = graph::current_trace("labels");
  graph::Function& function = *trace.outermost();
  const auto index = static_cast<int64_t>(function.parameters.size());
  const graph::ValueId id = function.add({.op = &graph::parameter_op,
                                          .options = graph::make_options(graph::ParameterOptions{
                                              .index = index, .name = "labels", .poison = true}),
                                          .inputs = {},
                                          .outputs = {{DType::kInvalid, {}}},
                                          .subgraphs = {},
                                          .name = "labels",
                                          .place = {}});
  function.parameters.push_back(id);
  return {trace.module, &function, id};
}

}  // namespace reckon::nn
