// SPDX-License-Identifier: Apache-2.0
#include "data/map_trace.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon::reckon_internal::data {
namespace {

Tensor parameter(graph::Trace& trace, const ComponentSpec& component, const std::string& name,
                 Place place) {
  graph::Function* function = trace.function();
  return {trace.module, function,
          graph::add_parameter(*function, {component.dtype, component.shape},
                               trace.unique_name(name), place)};
}

Element parameters(graph::Trace& trace, const DatasetSpec& spec, Place place) {
  Features features;
  Labels labels;
  for (const ComponentSpec& feature : spec.features) {
    features.set(feature.name, parameter(trace, feature, "features/" + feature.name, place));
  }
  for (const ComponentSpec& label : spec.labels) {
    const std::string name = label.name.empty() ? "labels" : "labels/" + label.name;
    labels.set(label.name, parameter(trace, label, name, place));
  }
  return {features, labels};
}

/// Makes `tensor` a result of the traced function.
ComponentSpec add_result(graph::Trace& trace, const std::string& name, const Tensor& tensor,
                         Place place) {
  require_at(
      tensor.valid(), "map", place,
      fmt::format(
          "the function returned \"{}\" as a Tensor that was never assigned; assign it from an op "
          "first",
          name));
  base::require_utf8("map", "the name", name, place);
  const Tensor local = graph::localize(tensor, place);
  trace.function()->results.push_back(local.id());
  ComponentSpec component{name, local.dtype(), local.shape()};
  // What only the data know has no size in a spec.
  for (int axis = 0; axis < component.shape.rank(); ++axis) {
    if (component.shape[axis] < 0) component.shape.set(axis, kUnknown);
  }
  return component;
}

void refuse_variables(const graph::Module& module) {
  if (module.variable_count() == 0) return;
  const graph::VariableDecl& variable = module.variable(0);
  throw Error(
      ErrorCode::kInvalidArgument, "map",
      fmt::format(
          "variable \"{}\" was made inside Dataset::map, whose functions have no state; make it in "
          "model_fn, or give the value as a constant",
          variable.name),
      variable.place);
}

/// The element's columns are the first `count` parameters.
void refuse_placeholders(const graph::Function& function, size_t count) {
  if (function.parameters.size() == count) return;
  const graph::Node& node = function.node(function.parameters[count]);
  throw Error(
      ErrorCode::kInvalidArgument, "map",
      fmt::format("placeholder \"{}\" was made inside Dataset::map, where nothing feeds it; use "
                  "the element that the function is given",
                  node.name),
      node.place);
}

void refuse_modes(const graph::Function& function) {
  for (const graph::Node& node : function.nodes) {
    if (node.op != &graph::is_training_op) continue;
    throw Error(ErrorCode::kInvalidArgument, "map",
                "is_training() was called inside Dataset::map, which runs in no mode; give each "
                "mode an input_fn "
                "of its own, or compute this in model_fn",
                node.place);
  }
}

}  // namespace

TracedMap trace_map(const Node& input, const ElementFunction& function, Place place) {
  TracedMap map;
  map.module = std::make_shared<graph::Module>();
  const auto shared = std::make_shared<graph::Trace>(map.module, map.module->add_function("map"));
  graph::Trace& trace = *shared;
  const graph::TraceScope scope(shared);
  std::vector<Element> parts;
  for (const DatasetSpec& part : input.parts()) parts.push_back(parameters(trace, part, place));
  const size_t column_count = trace.outermost()->parameters.size();
  const Element result = function(parts);
  refuse_variables(*map.module);
  refuse_placeholders(*trace.outermost(), column_count);
  refuse_modes(*trace.outermost());
  require_at(!result.features().empty(), "map", place,
             "the function returned no features; return at least one named Tensor");
  for (const auto& [name, tensor] : result.features()) {
    map.spec.features.push_back(add_result(trace, name, tensor, place));
  }
  for (const auto& [name, tensor] : result.all_labels()) {
    map.spec.labels.push_back(add_result(trace, name, tensor, place));
  }
  map.function = trace.outermost();
  return map;
}

}  // namespace reckon::reckon_internal::data
