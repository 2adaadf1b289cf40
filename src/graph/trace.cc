// SPDX-License-Identifier: Apache-2.0
#include "graph/trace.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "graph/core_ops.h"
#include "graph/infer.h"

namespace reckon::graph {
namespace {

thread_local Trace* current = nullptr;

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
  try {
    return addressable(op.infer(options.get(), {inputs, &subgraphs, nullptr}));
  } catch (const Error& error) {
    if (!error.at().empty()) throw;
    throw Error(error.code(), error.where(), error.message(), place);
  }
}

}  // namespace

Trace::Trace(std::shared_ptr<Module> module, Function* function)
    : module(std::move(module)), functions{function} {}

std::string Trace::unique_name(const std::string& base) {
  return count_name(node_names_, scope + base);
}

std::string Trace::unique_scope(const std::string& base) {
  return count_name(scope_names_, scope + base);
}

Trace& current_trace(const char* where, Place place) {
  if (current == nullptr) {
    throw Error(ErrorCode::kFailedPrecondition, where,
                "was called while no graph is being built; call it inside model_fn, or after "
                "`GraphScope scope(graph);`",
                place);
  }
  return *current;
}

bool is_tracing() { return current != nullptr; }

TraceScope::TraceScope(Trace& trace) : previous_(current) { current = &trace; }
TraceScope::~TraceScope() { current = previous_; }

PlaceScope::PlaceScope(Place place, Rule rule) {
  if (current == nullptr) return;
  previous_ = current->place;
  if (place.known() && (rule == Rule::kForced || !previous_.known())) current->place = place;
}
PlaceScope::~PlaceScope() {
  if (current != nullptr) current->place = previous_;
}

Place user_place(Place own) {
  return current != nullptr && current->place.known() ? current->place : own;
}

EnclosingScope::EnclosingScope(const Function* function)
    : trace_(current_trace("graph")), functions_(trace_.functions) {
  const auto own = std::find(functions_.begin(), functions_.end(), function);
  if (own != functions_.end()) trace_.functions.assign(functions_.begin(), own + 1);
}
EnclosingScope::~EnclosingScope() { trace_.functions = functions_; }

SubgraphScope::SubgraphScope(const std::string& name) {
  Trace& trace = current_trace("subgraph");
  function_ = std::make_shared<Function>(name, trace.module.get(), trace.function());
  trace.module->keep(function_);
  trace.functions.push_back(function_.get());
}

SubgraphScope::~SubgraphScope() { current->functions.pop_back(); }

Tensor SubgraphScope::parameter(const TensorType& type, const std::string& name) {
  return {current->module, function_.get(), add_parameter(*function_, type, name)};
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
            .name = trace.unique_name(op.where),
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

}  // namespace reckon::graph
