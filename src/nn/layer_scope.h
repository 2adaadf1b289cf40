// SPDX-License-Identifier: Apache-2.0
// The name scope of a layer, loss or metric: nodes made while it lives are named `<name>/…`.
#pragma once

#include <string>

#include "graph/trace.h"

namespace reckon::nn {

class LayerScope {
 public:
  /// `full_name` holds its outer scopes, as Trace::unique_scope gives it.
  explicit LayerScope(const std::string& full_name)
      : trace_(graph::current_trace("layer")), previous_(trace_.scope) {
    trace_.scope = full_name + "/";
  }
  ~LayerScope() { trace_.scope = previous_; }
  LayerScope(const LayerScope&) = delete;
  LayerScope& operator=(const LayerScope&) = delete;

 private:
  graph::Trace& trace_;
  std::string previous_;
};

/// The full name of a layer: the user's inside the present scope, or an automatic one, "dense",
/// "dense_1" …
inline std::string layer_name(const std::string& given, const std::string& type) {
  graph::Trace& trace = graph::current_trace(type.c_str());
  return given.empty() ? trace.unique_scope(type) : trace.scope + given;
}

}  // namespace reckon::nn
