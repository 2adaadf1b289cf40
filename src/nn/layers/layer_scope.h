// SPDX-License-Identifier: Apache-2.0
// The name scope of a layer, loss or metric: nodes made while it lives are named `<name>/…`.
#pragma once

#include <string>

#include "graph/trace.h"

namespace reckon::nn {

class LayerScope : public graph::PrefixScope {
 public:
  /// `full_name` holds its outer scopes, as Trace::unique_scope gives it.
  explicit LayerScope(const std::string& full_name) : PrefixScope(full_name + "/") {}
};

/// The full name of a layer: the user's inside the present scope, or an automatic one, "dense",
/// "dense_1" …
inline std::string layer_name(const std::string& given, const std::string& type) {
  graph::Trace& trace = graph::current_trace(type.c_str());
  return given.empty() ? trace.unique_scope(type) : trace.prefix() + given;
}

}  // namespace reckon::nn
