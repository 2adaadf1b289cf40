// SPDX-License-Identifier: Apache-2.0
#include "ops/control/subgraph.h"

#include <algorithm>

#include "base/check.h"
#include "graph/core_ops.h"
#include "graph/inline.h"

namespace reckon::ops {
namespace {

using graph::Function;
using graph::ValueId;

/// The parameter of `function` for `outer`; a new one, which nothing reads, if it never captured
/// it.
ValueId parameter_for(Function& function, ValueId outer, const graph::Node& outer_node) {
  for (const graph::Capture& capture : function.captures) {
    if (capture.outer == outer) return function.parameters[capture.parameter];
  }
  return graph::add_parameter(function, outer_node.outputs[outer.output],
                              "capture/" + outer_node.name, outer_node.place);
}

void set_parameters(Function& function, size_t own, const std::vector<ValueId>& outers) {
  std::vector<ValueId> parameters(function.parameters.begin(), function.parameters.begin() + own);
  for (ValueId outer : outers) {
    parameters.push_back(parameter_for(function, outer, function.parent->node(outer)));
  }
  function.parameters = parameters;
  function.captures.clear();
  for (size_t i = 0; i < parameters.size(); ++i) {
    graph::Node& node = function.nodes[parameters[i].node];
    auto options = node.as<graph::ParameterOptions>();
    options.index = static_cast<int64_t>(i);
    node.options = graph::make_options(options);
    if (i >= own) function.captures.push_back({outers[i - own], static_cast<int32_t>(i)});
  }
}

}  // namespace

std::shared_ptr<Function> trace_subgraph(
    const std::string& name, Place place,
    const std::function<Tensors(graph::SubgraphScope&)>& make) {
  graph::SubgraphScope scope(name);
  for (const Tensor& result : make(scope)) {
    scope.function()->results.push_back(Operand(result, place).resolve().id());
  }
  return scope.function();
}

void require_functions(const char* where, bool are_there, Place place) {
  if (are_there) return;
  throw Error(ErrorCode::kInvalidArgument, where,
              "a function is empty; pass one that returns Tensors", place);
}

Tensors unify_captures(const graph::Subgraphs& functions, size_t own) {
  std::vector<ValueId> outers;
  for (const auto& function : functions) {
    for (const graph::Capture& capture : function->captures) {
      if (std::find(outers.begin(), outers.end(), capture.outer) == outers.end()) {
        outers.push_back(capture.outer);
      }
    }
  }
  for (const auto& function : functions) set_parameters(*function, own, outers);
  const graph::Trace& trace = graph::current_trace("subgraph");
  Tensors captured;
  for (ValueId outer : outers) captured.emplace_back(trace.module, trace.function(), outer);
  return captured;
}

Tensors inline_subgraph(const Function& body, const Tensors& arguments) {
  const graph::Trace& trace = graph::current_trace("subgraph");
  std::vector<ValueId> ids;
  for (const Tensor& argument : arguments) ids.push_back(graph::localize(argument, {}).id());
  Tensors results;
  for (ValueId id : graph::inline_function(body, ids, *trace.function())) {
    results.emplace_back(trace.module, trace.function(), id);
  }
  return results;
}

void require_fixed_buffers(const char* where, const graph::Types& types) {
  for (const graph::TensorType& type : types) {
    base::require(type.dtype != kString, where, "a result is ", graph::type_text(type),
                  ", expected numbers; make strings outside");
  }
  require_fixed_sizes(where, types);
}

void require_fixed_sizes(const char* where, const graph::Types& types) {
  for (const graph::TensorType& type : types) {
    for (int64_t dim : type.shape) {
      base::require(
          !graph::is_extent(dim), where,
          "a value has a size that only the data knows; keep it outside, or reduce it first: ",
          graph::type_text(type));
    }
  }
}

std::string types_text(const graph::Types& types) {
  std::string text;
  for (const graph::TensorType& type : types)
    text += (text.empty() ? "" : ", ") + graph::type_text(type);
  return text.empty() ? "nothing" : text;
}

bool may_be_equal(const graph::Types& a, const graph::Types& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& left, const auto& right) {
                      const auto dims_agree = [](int64_t m, int64_t n) {
                        return m == n || m == kUnknown || n == kUnknown;
                      };
                      return left.dtype == right.dtype &&
                             std::equal(left.shape.begin(), left.shape.end(), right.shape.begin(),
                                        right.shape.end(), dims_agree);
                    });
}

size_t buffer_bytes(const graph::TensorType& type) {
  return static_cast<size_t>(type.shape.num_elements()) * dtype_size(type.dtype);
}

}  // namespace reckon::ops
