// SPDX-License-Identifier: Apache-2.0
// What a value is computed from.
#pragma once

#include <vector>

#include "graph/function.h"

namespace reckon::nn {

/// By node of the value's function: true for those whose values `value` needs, its own among them.
inline std::vector<bool> ancestors(const Tensor& value) {
  const graph::Function& function = *value.function();
  std::vector<bool> needed(static_cast<size_t>(value.id().node) + 1, false);
  needed.back() = true;
  for (int32_t i = value.id().node; i >= 0; --i) {
    if (!needed[i]) continue;
    for (graph::ValueId input : function.nodes[i].inputs) needed[input.node] = true;
  }
  return needed;
}

inline bool depends_on(const Tensor& value, const Tensor& source) {
  if (value.function() != source.function() || source.id().node > value.id().node) return false;
  return ancestors(value)[source.id().node];
}

}  // namespace reckon::nn
