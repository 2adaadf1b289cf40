// SPDX-License-Identifier: Apache-2.0
// custom_gradient: the function's nodes as they are, then one node that passes their results on and
// puts the user's rule in the place of their gradients. Inputs: the function's inputs, then its
// results.
#include <algorithm>
#include <cstring>

#include <reckon/graph.h>

#include "base/check.h"
#include "graph/core_ops.h"
#include "graph/trace.h"
#include "ops/control/subgraph.h"
#include "ops/define.h"
#include "ops/gradient_support.h"

namespace reckon {
namespace ops {
namespace {

/// Plans hold no gradients, so that two rules are as good as one there: equal, and absent from the
/// hash.
struct Rule {
  std::shared_ptr<const GradientRule> function;
  bool operator==(const Rule&) const { return true; }
};
void hash_attribute(base::Hasher&, const Rule&) {}
std::string attribute_text(const Rule&) { return "a function"; }

struct CustomGradientOptions {
  int64_t inputs = 0;
  Rule rule;
};

graph::Types infer_results(const CustomGradientOptions& options,
                           const graph::InferContext& context) {
  return {context.inputs.begin() + options.inputs, context.inputs.end()};
}

Tensors apply_rule(const CustomGradientOptions& options, const Backward& b) {
  const Tensors inputs(b.inputs.begin(), b.inputs.begin() + options.inputs);
  Tensors arriving = b.grads;
  for (size_t i = 0; i < arriving.size(); ++i) {
    if (!arriving[i].valid() && is_floating(b.outputs[i].dtype()))
      arriving[i] = zeros_of(b.outputs[i]);
  }
  Tensors grads = (*options.rule.function)(inputs, b.outputs, arriving);
  base::require(grads.size() == inputs.size(), "custom_gradient", "the rule gave ", grads.size(),
                " gradients for ", inputs.size(),
                " inputs; return one for each, a Tensor() for none");
  for (size_t i = 0; i < grads.size(); ++i) {
    if (!grads[i].valid()) continue;
    base::require(may_be_equal({{grads[i].dtype(), grads[i].shape()}},
                               {{inputs[i].dtype(), inputs[i].shape()}}),
                  "custom_gradient", "gradient ", i, " is ", grads[i].text(), " but the input is ",
                  inputs[i].text(), "; cast or reshape it");
  }
  grads.resize(b.inputs.size());
  return grads;
}

Kernel copy_results(const CustomGradientOptions& options, const KernelSpec& spec) {
  const int64_t first = options.inputs;
  const size_t count = spec.outputs.size();
  return {[=](const KernelCall& call) {
            for (size_t i = 0; i < count; ++i) {
              const View& from = call.inputs[first + static_cast<int64_t>(i)];
              const size_t bytes = static_cast<size_t>(from.elements) * dtype_size(from.dtype);
              if (bytes > 0) std::memcpy(call.outputs[i].data, from.data, bytes);
            }
            return kernels::Fault();
          },
          0};
}

/// The rule gives gradients for inputs only: a trained variable used in any other way would never
/// learn.
void refuse_variables(const graph::Function& function, int32_t first, const Tensors& inputs,
                      Place place) {
  for (int32_t i = first; i < function.size(); ++i) {
    for (graph::ValueId id : function.nodes[i].inputs) {
      const graph::Node& used = function.node(id);
      if (used.op != &graph::variable_op) continue;
      const auto is_it = [&](const Tensor& input) { return input.id() == id; };
      if (std::any_of(inputs.begin(), inputs.end(), is_it)) continue;
      const auto index = static_cast<int32_t>(used.as<graph::VariableOptions>().variable);
      if (!function.module->variable(index).trainable) continue;
      throw Error(ErrorCode::kInvalidArgument, "custom_gradient",
                  base::concat_text("the function uses variable \"", used.name,
                                    "\", for which the rule gives no gradient, expected trained "
                                    "variables among the inputs only; pass it as an input"),
                  place);
    }
  }
}

const DefinedOp<CustomGradientOptions> custom_gradient_op = define<CustomGradientOptions>({
    .name = "CustomGradient",
    .inputs = {{"value", kAnything, 'V', true}},
    .attributes = {{"inputs", &CustomGradientOptions::inputs},
                   {"rule", &CustomGradientOptions::rule}},
    .infer = infer_results,
    .gradient = apply_rule,
    .kernel = copy_results,
});

}  // namespace
}  // namespace ops

Tensors custom_gradient(const Operands& inputs, ForwardRule function, GradientRule gradient) {
  Place place;
  Tensors values;
  for (const Operand& input : inputs) {
    if (!place.known()) place = input.place();
    values.push_back(input.resolve());
  }
  ops::require_functions("custom_gradient", function && gradient, place);
  const int32_t first = graph::current_trace("custom_gradient", place).function()->size();
  const Tensors results = function(values);
  ops::refuse_variables(*graph::current_trace("custom_gradient").function(), first, values, place);
  for (const Tensor& result : results) {
    base::require(result.dtype() != kString, "custom_gradient", "a result is ", result.text(),
                  ", expected numbers; make strings outside");
    values.push_back(result);
  }
  ops::CustomGradientOptions options{static_cast<int64_t>(inputs.size()),
                                     {std::make_shared<const GradientRule>(std::move(gradient))}};
  return graph::add_node(ops::custom_gradient_op.def(), graph::make_options(std::move(options)),
                         values, place, {}, static_cast<int>(results.size()));
}

}  // namespace reckon
