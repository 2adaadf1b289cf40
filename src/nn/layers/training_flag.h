// SPDX-License-Identifier: Apache-2.0
// A layer's `.training`: a bool decides while tracing; a Tensor decides in the graph, where a
// compiled program's constant removes the other side.
#pragma once

#include <functional>

#include <reckon/layers.h>

namespace reckon::nn {

/// What a layer gives if it trains or not. With a bool only that side is made.
Tensor choose_by_training(const layers::Training& training,
                          const std::function<Tensor()>& if_training,
                          const std::function<Tensor()>& otherwise);

}  // namespace reckon::nn
