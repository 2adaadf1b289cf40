// SPDX-License-Identifier: Apache-2.0
// What a value is computed from.
#pragma once

#include <algorithm>
#include <vector>

#include "graph/function.h"

namespace reckon::nn {

/// By node of the values' function, up to the last that counts: true for those whose values
/// `values` need, their own among them.
inline std::vector<bool> ancestors(const Tensors& values) {
  int32_t size = 0;
  for (const Tensor& value : values) size = std::max(size, value.id().node + 1);
  std::vector<bool> needed(static_cast<size_t>(size), false);
  for (const Tensor& value : values) needed[static_cast<size_t>(value.id().node)] = true;
  for (int32_t i = size - 1; i >= 0; --i) {
    if (!needed[i]) continue;
    for (graph::ValueId input : values[0].function()->nodes[i].inputs) needed[input.node] = true;
  }
  return needed;
}

}  // namespace reckon::nn
