// SPDX-License-Identifier: Apache-2.0
#include <reckon/graph.h>

#include "base/utf8.h"
#include "graph/module.h"
#include "graph/trace.h"

namespace reckon {

Graph::Graph() {
  const auto module = std::make_shared<graph::Module>();
  trace_ = std::make_shared<graph::Trace>(module, module->add_function("main"));
}
Graph::~Graph() = default;

GraphScope::GraphScope(Graph& graph) : scope_(std::make_unique<graph::TraceScope>(graph.trace_)) {}
GraphScope::~GraphScope() = default;

NameScope::NameScope(const std::string& name, Place place) {
  graph::Trace& trace = graph::current_trace("name_scope", place);
  base::require_utf8("name_scope", "the name", name, place);
  scope_ = std::make_unique<graph::PrefixScope>(trace.prefix() + name + "/");
}
NameScope::~NameScope() = default;

NameScope name_scope(const std::string& name, Place place) { return NameScope(name, place); }

}  // namespace reckon
