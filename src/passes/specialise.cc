// SPDX-License-Identifier: Apache-2.0
// Every dimension becomes a number or a run-time extent; is_training() becomes a constant; ops that
// read only a shape lose that input. Errors of shapes name the user's line.
#include <fmt/format.h>

#include "base/check.h"
#include "graph/core_ops.h"
#include "graph/infer.h"
#include "ops/define.h"
#include "ops/shape_only.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace reckon::passes {

using graph::Node;

void specialise(Plan& plan, const PassContext& context) {
  graph::Function& function = plan.function;
  const std::vector<graph::Types> types =
      graph::infer_nodes(function, context.parameters, &function);
  for (int32_t i = 0; i < function.size(); ++i) {
    function.nodes[i].outputs = types[i];
    for (const graph::TensorType& type : types[i]) {
      for (int64_t dim : type.shape) {
        base::require(dim != kUnknown, function.nodes[i].op->where.c_str(), function.nodes[i].name,
                      " is ", graph::type_text(type),
                      " although every input has a known size; please report this");
      }
    }
  }
  rewrite(plan, [&context](Rewriter& rewriter, int32_t index) {
    const Node& node = rewriter.source().nodes[index];
    if (node.op == &graph::is_training_op) {
      if (!context.is_training.has_value()) {
        throw Error(ErrorCode::kInvalidArgument, "is_training",
                    "is used where no step runs: in an initial value or in a map function; use it "
                    "in model_fn "
                    "or in a graph that a Session runs",
                    node.place);
      }
      Node constant = rewriter.mapped_node(index);
      constant.op = &graph::constant_op;
      constant.options = std::make_shared<const graph::ConstantOptions>(
          graph::ConstantOptions{Array::scalar(*context.is_training)});
      rewriter.replace({index, 0}, rewriter.target().add(std::move(constant)));
      return true;
    }
    if (!node.op->traits.is_shape_only) return false;
    Node fixed = ops::static_form(node, rewriter.source());
    for (graph::ValueId& input : fixed.inputs) input = rewriter.mapped(input);
    rewriter.replace({index, 0}, rewriter.target().add(std::move(fixed)));
    return true;
  });
}

}  // namespace reckon::passes
