// SPDX-License-Identifier: Apache-2.0
// while_loop: the carried values move between the node's outputs and a second set of buffers. The
// body's program has an arena of its own, from which each iteration's results are copied there; a
// loop that ends in the second set copies once more.
#include "ops/control/while_loop.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <reckon/control_flow.h>
#include "base/check.h"
#include "graph/infer.h"

namespace reckon {
namespace ops {

WhileParts::WhileParts(const KernelSpec& spec, int64_t carried, size_t inputs,
                       int64_t maximum_iterations, base::ScratchLayout& layout)
    : carried(static_cast<size_t>(carried)),
      inputs(inputs),
      maximum_iterations(maximum_iterations) {
  const graph::Types types(spec.inputs.begin(), spec.inputs.begin() + static_cast<int64_t>(inputs));
  condition = spec.compile(*spec.node.subgraphs[0], types);
  body = spec.compile(*spec.node.subgraphs[1], types);
  arguments_at = layout.add(inputs * sizeof(void*));
  decision_at = layout.add(sizeof(bool));
  for (size_t i = 0; i < this->carried; ++i) sizes.push_back(buffer_bytes(types[i]));
}

void WhileParts::set_captures(const KernelCall& call) const {
  const void** list = scratch_part<const void*>(call, arguments_at);
  for (size_t i = carried; i < inputs; ++i) list[i] = call.inputs[i].data;
}

const void** WhileParts::arguments(const KernelCall& call, const void* const* values) const {
  const void** list = scratch_part<const void*>(call, arguments_at);
  for (size_t i = 0; i < carried; ++i) list[i] = values[i];
  return list;
}

kernels::Fault WhileParts::ask(const KernelCall& call, const void* const* values,
                               bool* goes_on) const {
  bool* decision = scratch_part<bool>(call, decision_at);
  void* results[] = {decision};
  kernels::Fault fault = condition->run(arguments(call, values), results, call);
  *goes_on = !fault && *decision;
  return fault;
}

Tensors parameters_like(graph::SubgraphScope& scope, const Tensors& values, const char* name) {
  Tensors parameters;
  for (const Tensor& value : values) {
    parameters.push_back(scope.parameter({value.dtype(), value.shape()},
                                         fmt::format("{}_{}", name, parameters.size())));
  }
  return parameters;
}

kernels::Fault WhileParts::step(const KernelCall& call, const void* const* values,
                                void* const* results) const {
  return body->run(arguments(call, values), results, call);
}

namespace {

using graph::Types;

Types infer_while(const WhileOptions& options, const graph::InferContext& context) {
  const Types inputs(context.inputs.begin(), context.inputs.end());
  require_fixed_sizes("while_loop", inputs);
  const Types carried(inputs.begin(), inputs.begin() + options.carried);
  const Types decision = graph::infer_function(*(*context.subgraphs)[0], inputs, context.planned);
  base::require(decision.size() == 1 && decision[0].dtype == kBool && decision[0].shape.rank() == 0,
                "while_loop", "the condition gives ", types_text(decision),
                ", expected bool[]; reduce or compare it first");
  const Types next = graph::infer_function(*(*context.subgraphs)[1], inputs, context.planned);
  base::require(may_be_equal(carried, next), "while_loop", "the body turns ", types_text(carried),
                " into ", types_text(next),
                "; a carried value keeps its dtype and shape: cast or reshape it");
  require_fixed_buffers("while_loop", carried);
  require_fixed_buffers("while_loop", next);
  return carried;
}

/// Where the carried values stand while the loop runs.
struct CarriedPointers {
  const void** values;  ///< the present ones
  void** first;         ///< the node's outputs
  void** second;
};

Kernel while_kernel(const WhileOptions& options, const KernelSpec& spec) {
  base::ScratchLayout layout;
  const WhileParts loop(spec, options.carried, spec.inputs.size(), options.maximum_iterations,
                        layout);
  const size_t pointers_at = layout.add(3 * loop.carried * sizeof(void*));
  std::vector<size_t> second_at;
  for (size_t bytes : loop.sizes) second_at.push_back(layout.add(bytes));

  const auto point = [=](const KernelCall& call) {
    const void** values = scratch_part<const void*>(call, pointers_at);
    void** first = scratch_part<void*>(call, pointers_at) + loop.carried;
    void** second = first + loop.carried;
    for (size_t i = 0; i < loop.carried; ++i) {
      values[i] = call.inputs[i].data;
      first[i] = call.outputs[i].data;
      second[i] = scratch_part<std::byte>(call, second_at[i]);
    }
    return CarriedPointers{values, first, second};
  };
  const auto run = [=](const KernelCall& call) -> kernels::Fault {
    const CarriedPointers at = point(call);
    loop.set_captures(call);
    void** next = at.first;
    for (int64_t iteration = 0; !loop.is_over(iteration); ++iteration) {
      bool goes_on = false;
      if (kernels::Fault fault = loop.ask(call, at.values, &goes_on)) return fault;
      if (!goes_on) break;
      if (kernels::Fault fault = loop.step(call, at.values, next)) return fault;
      for (size_t i = 0; i < loop.carried; ++i) at.values[i] = next[i];
      next = next == at.first ? at.second : at.first;
    }
    for (size_t i = 0; i < loop.carried; ++i) {
      if (at.values[i] != at.first[i] && loop.sizes[i] > 0)
        std::memcpy(at.first[i], at.values[i], loop.sizes[i]);
    }
    return {};
  };
  return {run, layout.total()};
}

const DefinedOp<WhileOptions> while_op = define<WhileOptions>({
    .name = "WhileLoop",
    .inputs = {{"carried", kAnything, 'C', true}},
    .attributes = {{"carried", &WhileOptions::carried},
                   {"maximum_iterations", &WhileOptions::maximum_iterations}},
    .infer = infer_while,
    .gradient = while_gradient,
    .kernel = while_kernel,
});

}  // namespace
}  // namespace ops

Tensors while_loop(const LoopCondition& condition, const LoopBody& body, const Operands& carried,
                   WhileLoopOptions options, Place place) {
  ops::require_functions("while_loop", condition && body, place);
  if (carried.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "while_loop",
                "came without carried values; pass at least one", place);
  }
  if (options.maximum_iterations.value_or(0) < 0) {
    throw Error(
        ErrorCode::kInvalidArgument, "while_loop",
        fmt::format("maximum_iterations is {}, expected 0 or more; leave it out for no limit",
                    *options.maximum_iterations),
        place);
  }
  Tensors values;
  for (const Operand& operand : carried) values.push_back(operand.resolve());
  graph::Subgraphs subgraphs;
  subgraphs.push_back(
      ops::trace_subgraph("while_loop/condition", place, [&](graph::SubgraphScope& scope) {
        return Tensors{condition(ops::parameters_like(scope, values, "carried"))};
      }));
  subgraphs.push_back(
      ops::trace_subgraph("while_loop/body", place, [&](graph::SubgraphScope& scope) {
        return body(ops::parameters_like(scope, values, "carried"));
      }));
  const auto count = static_cast<int>(values.size());
  for (const Tensor& captured : ops::unify_captures(subgraphs, values.size()))
    values.push_back(captured);
  ops::WhileOptions node_options{count, options.maximum_iterations.value_or(-1)};
  return graph::add_node(ops::while_op.def(), graph::make_options(node_options), values, place,
                         std::move(subgraphs), count);
}

}  // namespace reckon
