// SPDX-License-Identifier: Apache-2.0
#include "graph/inline.h"

#include "base/check.h"
#include "graph/core_ops.h"
#include "graph/infer.h"

namespace reckon::reckon_internal::graph {

std::vector<ValueId> inline_function(const Function& body, const std::vector<ValueId>& arguments,
                                     Function& target, Function* planned) {
  RECKON_CHECK(arguments.size() == body.parameters.size());
  Types parameters;
  for (ValueId argument : arguments) parameters.push_back(target.type(argument));
  const std::vector<Types> types = infer_nodes(body, parameters, planned);

  std::vector<ValueId> placed;  // by node: the value that its output 0 became
  for (int32_t i = 0; i < body.size(); ++i) {
    Node node = body.nodes[i];
    if (node.op == &parameter_op) {
      placed.push_back(arguments[node.as<ParameterOptions>().index]);
      continue;
    }
    for (ValueId& input : node.inputs) {
      const ValueId source = placed[input.node];
      input = {source.node, source.output + input.output};
    }
    node.outputs = types[i];
    placed.push_back(target.add(std::move(node)));
  }
  std::vector<ValueId> results;
  for (ValueId result : body.results) {
    results.push_back({placed[result.node].node, placed[result.node].output + result.output});
  }
  return results;
}

}  // namespace reckon::reckon_internal::graph
