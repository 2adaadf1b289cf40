// SPDX-License-Identifier: Apache-2.0
#include "graph/trace.h"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "base/check.h"
#include "base/with_place.h"
#include "graph/core_ops.h"
#include "graph/infer.h"

namespace reckon::reckon_internal::graph {

/// The traces that one thread has open. It outlives the thread if a scope does, and a lock lets
/// scopes end on other threads.
class ThreadTraces {
 public:
  void open(const TraceScope* scope, std::shared_ptr<Trace> trace) {
    const std::lock_guard lock(mutex_);
    open_.emplace_back(scope, std::move(trace));
  }
  void close(const TraceScope* scope) {
    const std::lock_guard lock(mutex_);
    std::erase_if(open_, [scope](const auto& entry) { return entry.first == scope; });
  }
  /// Null if there is none.
  std::shared_ptr<Trace> newest() const {
    const std::lock_guard lock(mutex_);
    return open_.empty() ? nullptr : open_.back().second;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<const TraceScope*, std::shared_ptr<Trace>>> open_;
};

namespace {

const std::shared_ptr<ThreadTraces>& own_traces() {
  thread_local const auto traces = std::make_shared<ThreadTraces>();
  return traces;
}

std::string count_name(std::map<std::string, int>& counts, const std::string& name) {
  const int uses = counts[name]++;
  return uses == 0 ? name : count_name(counts, fmt::format("{}_{}", name, uses));
}

/// The parameter of `function` that stands for `outer`, made at first use.
ValueId capture(Function& function, ValueId outer, const Node& outer_node) {
  for (const Capture& known : function.captures) {
    if (known.outer == outer) return function.parameters[known.parameter];
  }
  const auto index = static_cast<int32_t>(function.parameters.size());
  const ValueId inner = add_parameter(function, outer_node.outputs[outer.output],
                                      "capture/" + outer_node.name, outer_node.place);
  function.captures.push_back({outer, index});
  return inner;
}

/// `id` of `owner`, carried inwards to `function`; an invalid id if `owner` does not enclose it.
ValueId carry_inwards(Function* owner, ValueId id, Function* function) {
  if (function == owner) return id;
  if (function == nullptr) return {};
  const ValueId outer = carry_inwards(owner, id, function->parent);
  if (outer.node < 0) return {};
  return capture(*function, outer, function->parent->node(outer));
}

Types poison_types(int count) { return Types(count, TensorType{DType::kInvalid, Shape{}}); }

Types infer_types(const Op& op, const Options& options, const Types& inputs,
                  const Subgraphs& subgraphs, Place place) {
  return base::with_place(place, [&] {
    return addressable(op.infer(options.get(), {inputs, &subgraphs, nullptr}));
  });
}

}  // namespace

Trace::Trace(std::shared_ptr<Module> module, Function* function)
    : module(std::move(module)), functions{function} {}

const std::string& Trace::prefix() const {
  static const std::string none;
  return prefixes_.empty() ? none : prefixes_.back().second;
}

std::string Trace::unique_name(const std::string& base) {
  return count_name(node_names_, prefix() + base);
}

std::string Trace::unique_scope(const std::string& base) {
  return count_name(scope_names_, prefix() + base);
}

std::shared_ptr<Trace> current_trace_pointer(const char* where, Place place) {
  std::shared_ptr<Trace> trace = own_traces()->newest();
  if (trace == nullptr) {
    throw Error(ErrorCode::kFailedPrecondition, where,
                "was called while no graph is being built; call it inside model_fn, or after "
                "`GraphScope scope(graph);`",
                place);
  }
  return trace;
}

Trace& current_trace(const char* where, Place place) {
  return *current_trace_pointer(where, place);
}

bool is_tracing() { return own_traces()->newest() != nullptr; }

TraceScope::TraceScope(std::shared_ptr<Trace> trace) : traces_(own_traces()) {
  traces_->open(this, std::move(trace));
}
TraceScope::~TraceScope() { traces_->close(this); }

PrefixScope::PrefixScope(std::string prefix) : trace_(current_trace_pointer("name_scope")) {
  trace_->prefixes_.emplace_back(this, std::move(prefix));
}
PrefixScope::~PrefixScope() {
  std::erase_if(trace_->prefixes_, [this](const auto& entry) { return entry.first == this; });
}

PlaceScope::PlaceScope(Place place, Rule rule) : trace_(own_traces()->newest()) {
  if (trace_ == nullptr) return;
  previous_ = trace_->place;
  if (place.known() && (rule == Rule::kForced || !previous_.known())) trace_->place = place;
}
PlaceScope::~PlaceScope() {
  if (trace_ != nullptr) trace_->place = previous_;
}

Place user_place(Place own) {
  const std::shared_ptr<Trace> trace = own_traces()->newest();
  return trace != nullptr && trace->place.known() ? trace->place : own;
}

EnclosingScope::EnclosingScope(const Function* function)
    : trace_(current_trace_pointer("graph")), functions_(trace_->functions) {
  const auto own = std::find(functions_.begin(), functions_.end(), function);
  if (own != functions_.end()) trace_->functions.assign(functions_.begin(), own + 1);
}
EnclosingScope::~EnclosingScope() { trace_->functions.swap(functions_); }

SubgraphScope::SubgraphScope(const std::string& name)
    : trace_(current_trace_pointer("subgraph")),
      function_(std::make_shared<Function>(name, trace_->module.get(), trace_->function())) {
  trace_->module->keep(function_);
  trace_->functions.push_back(function_.get());
}

SubgraphScope::~SubgraphScope() { std::erase(trace_->functions, function_.get()); }

Tensor SubgraphScope::parameter(const TensorType& type, const std::string& name) {
  return {trace_->module, function_.get(), add_parameter(*function_, type, name)};
}

Tensor localize(const Tensor& tensor, Place place) {
  Trace& trace = current_trace("graph", place);
  if (tensor.function() == trace.function()) return tensor;
  const ValueId id = tensor.module() == trace.module
                         ? carry_inwards(tensor.function(), tensor.id(), trace.function())
                         : ValueId{};
  if (id.node < 0) {
    throw Error(
        ErrorCode::kInvalidArgument, "graph",
        fmt::format("{} ({}) belongs to another graph or to a trace that has ended; make it "
                    "again in this graph",
                    tensor.name(), tensor.text()),
        place);
  }
  return {trace.module, trace.function(), id};
}

Tensors add_node(const Op& op, Options options, const Tensors& inputs, Place place,
                 Subgraphs subgraphs, int poison_outputs) {
  Trace& trace = current_trace(op.where.c_str(), place);
  place = user_place(place);
  Node node{.op = &op,
            .options = std::move(options),
            .inputs = {},
            .outputs = {},
            .subgraphs = std::move(subgraphs),
            .name = {},
            .place = place};
  Types types;
  for (const Tensor& input : inputs) {
    const Tensor local = localize(input, place);
    node.inputs.push_back(local.id());
    types.push_back(local.function()->type(local.id()));
  }
  const bool is_poison = std::any_of(types.begin(), types.end(), [](const TensorType& type) {
    return type.dtype == DType::kInvalid;
  });
  node.outputs = is_poison ? poison_types(op.traits.has_effect ? 0 : poison_outputs)
                           : infer_types(op, node.options, types, node.subgraphs, place);
  // Last: an op that is refused leaves the names of others, by which random numbers are keyed.
  node.name = trace.unique_name(op.where);
  const auto count = static_cast<int32_t>(node.outputs.size());
  const ValueId id = trace.function()->add(std::move(node));
  Tensors outputs;
  for (int32_t i = 0; i < count; ++i) {
    outputs.emplace_back(trace.module, trace.function(), ValueId{id.node, i});
  }
  return outputs;
}

Tensor constant_node(Array value, Place place) {
  return add_node(constant_op, make_options(ConstantOptions{std::move(value)}), {}, place)[0];
}

}  // namespace reckon::reckon_internal::graph
