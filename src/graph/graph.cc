// SPDX-License-Identifier: Apache-2.0
#include <reckon/graph.h>

#include "graph/module.h"
#include "graph/trace.h"

namespace reckon {

Graph::Graph() : module_(std::make_shared<graph::Module>()) {
  trace_ = std::make_unique<graph::Trace>(module_, module_->add_function("main"));
}
Graph::~Graph() = default;

GraphScope::GraphScope(Graph& graph) : scope_(std::make_unique<graph::TraceScope>(graph.trace())) {}
GraphScope::~GraphScope() = default;

NameScope::NameScope(const std::string& name) {
  graph::Trace& trace = graph::current_trace("name_scope");
  previous_ = trace.scope;
  trace.scope += name + "/";
}
NameScope::~NameScope() { graph::current_trace("name_scope").scope = previous_; }

NameScope name_scope(const std::string& name) { return NameScope(name); }

}  // namespace reckon
