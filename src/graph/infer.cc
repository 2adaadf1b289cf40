// SPDX-License-Identifier: Apache-2.0
#include "graph/infer.h"

#include <algorithm>

#include "base/check.h"
#include "base/with_place.h"
#include "graph/core_ops.h"

namespace reckon::reckon_internal::graph {
namespace {

/// The address space of a process on x86-64; sums of so many bytes fit int64_t for any plan.
constexpr int64_t kMaxBytes = int64_t{1} << 47;

Types infer_node(const Node& node, const Types& inputs, Function* planned) {
  return base::with_place(node.place, [&] {
    return addressable(node.op->infer(node.options.get(), {inputs, &node.subgraphs, planned}));
  });
}

bool has_extent(const Types& types) {
  return std::any_of(types.begin(), types.end(), [](const TensorType& type) {
    return std::any_of(type.shape.begin(), type.shape.end(), is_extent);
  });
}

}  // namespace

Types addressable(Types types) {
  for (const TensorType& type : types) {
    // What is not there in a mode has no dtype.
    if (!type.shape.is_static() || type.dtype == DType::kInvalid) continue;
    const auto size = static_cast<int64_t>(dtype_size(type.dtype));
    base::require(type.shape.num_elements() <= kMaxBytes / size, "shape", type_text(type), " has ",
                  type.shape.num_elements(), " elements of ", size,
                  " bytes, more than a process can address; give smaller extents");
  }
  return types;
}

std::vector<Types> infer_nodes(const Function& function, const Types& parameters,
                               Function* planned) {
  RECKON_CHECK(parameters.size() == function.parameters.size());
  std::vector<Types> types;
  types.reserve(function.nodes.size());
  for (const Node& node : function.nodes) {
    if (node.op == &parameter_op) {
      types.push_back({parameters[node.as<ParameterOptions>().index]});
      continue;
    }
    if (node.op->traits.is_leaf) {
      types.push_back(node.outputs);
      continue;
    }
    Types inputs;
    for (ValueId input : node.inputs) inputs.push_back(types[input.node][input.output]);
    types.push_back(infer_node(node, inputs, planned));
  }
  return types;
}

Types infer_function(const Function& function, const Types& parameters, Function* planned) {
  const bool is_planned = planned != nullptr;
  if (std::optional<Types> known = function.known_types.find(parameters, is_planned))
    return std::move(*known);
  const std::vector<Types> types = infer_nodes(function, parameters, planned);
  Types results;
  for (ValueId result : function.results) results.push_back(types[result.node][result.output]);
  // A run-time extent is a number of this plan alone.
  if (!has_extent(results)) function.known_types.keep(parameters, is_planned, results);
  return results;
}

}  // namespace reckon::reckon_internal::graph
