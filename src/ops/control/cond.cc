// SPDX-License-Identifier: Apache-2.0
// cond: one of two subgraphs over the same values. Inputs: the predicate, then what the branches
// use. Its gradient is a cond again, whose branches compute the forward branch once more and
// differentiate it.
#include <reckon/control_flow.h>

#include "base/check.h"
#include "graph/infer.h"
#include "ops/control/subgraph.h"
#include "ops/define.h"
#include "ops/gradient_support.h"

namespace reckon {
namespace ops {
namespace {

using graph::NoOptions;
using graph::Types;

/// Dimensions that both know, or that one leaves open.
Types merge(Types a, const Types& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    for (int axis = 0; axis < a[i].shape.rank(); ++axis) {
      if (b[i].shape[axis] == kUnknown) a[i].shape.set(axis, kUnknown);
    }
  }
  return a;
}

Types infer_cond(const NoOptions&, const graph::InferContext& context) {
  const graph::TensorType& predicate = context.inputs[0];
  base::require(predicate.dtype == kBool && predicate.shape.rank() == 0, "cond",
                "the predicate is ", graph::type_text(predicate),
                ", expected bool[]; reduce or compare it first");
  const Types captured(context.inputs.begin() + 1, context.inputs.end());
  require_fixed_sizes("cond", captured);
  const Types if_true = graph::infer_function(*(*context.subgraphs)[0], captured, context.planned);
  const Types if_false = graph::infer_function(*(*context.subgraphs)[1], captured, context.planned);
  base::require(may_be_equal(if_true, if_false), "cond", "the branches differ: if_true gives ",
                types_text(if_true), ", if_false gives ", types_text(if_false),
                "; make their number, dtypes and shapes equal");
  require_fixed_buffers("cond", if_true);
  require_fixed_buffers("cond", if_false);
  return merge(if_true, if_false);
}

Kernel cond_kernel(const NoOptions&, const KernelSpec& spec) {
  const Types captured(spec.inputs.begin() + 1, spec.inputs.end());
  const auto if_true = spec.compile(*spec.node.subgraphs[0], captured);
  const auto if_false = spec.compile(*spec.node.subgraphs[1], captured);
  const size_t inputs = captured.size(), outputs = spec.outputs.size();
  Kernel kernel;
  kernel.scratch_bytes = (inputs + outputs) * sizeof(void*);
  kernel.run = [=](const KernelCall& call) {
    const void** in = static_cast<const void**>(call.scratch);
    void** out = static_cast<void**>(call.scratch) + inputs;
    for (size_t i = 0; i < inputs; ++i) in[i] = call.inputs[i + 1].data;
    for (size_t i = 0; i < outputs; ++i) out[i] = call.outputs[i].data;
    return (*call.in<bool>(0) ? if_true : if_false)->run(in, out, call);
  };
  return kernel;
}

Tensors cond_gradient(const NoOptions&, const Backward& b);

const DefinedOp<NoOptions> cond_op = define<NoOptions>({
    .name = "Cond",
    .inputs = {{"predicate", kBooleans, 'P'}, {"captured", kAnything, 'C', true}},
    .infer = infer_cond,
    .gradient = cond_gradient,
    .kernel = cond_kernel,
});

Tensors make_cond(const Tensor& predicate, graph::Subgraphs branches, Place place) {
  Tensors inputs = unify_captures(branches, 0);
  inputs.insert(inputs.begin(), predicate);
  const auto count = static_cast<int>(branches[0]->results.size());
  return graph::add_node(cond_op.def(), graph::make_options(NoOptions{}), inputs, place,
                         std::move(branches), count);
}

/// The gradients of one branch, for the captured values that need one.
std::shared_ptr<graph::Function> trace_branch_gradient(const graph::Function& branch,
                                                       const Backward& b, const std::string& name) {
  return trace_subgraph(name, b.node->place, [&](graph::SubgraphScope&) {
    Tensors captured, xs, ys, grads, results;
    for (size_t i = 1; i < b.inputs.size(); ++i) {
      captured.push_back(graph::localize(b.inputs[i], {}));
      if (b.needed[i]) xs.push_back(captured.back());
    }
    const Tensors outputs = inline_subgraph(branch, captured);
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!b.grads[i].valid() || !is_floating(outputs[i].dtype())) continue;
      ys.push_back(outputs[i]);
      grads.push_back(b.grads[i]);
    }
    const Tensors found = b.differentiate(ys, grads, xs);
    for (size_t i = 0; i < xs.size(); ++i)
      results.push_back(found[i].valid() ? found[i] : zeros_of(xs[i]));
    return results;
  });
}

Tensors cond_gradient(const NoOptions&, const Backward& b) {
  const graph::Subgraphs branches = {
      trace_branch_gradient(*b.node->subgraphs[0], b, b.node->name + "/if_true/gradient"),
      trace_branch_gradient(*b.node->subgraphs[1], b, b.node->name + "/if_false/gradient")};
  const Tensors found = make_cond(b.input(0), branches, b.node->place);
  Tensors grads(b.inputs.size());
  size_t next = 0;
  for (size_t i = 1; i < b.inputs.size(); ++i) {
    if (b.needed[i]) grads[i] = found[next++];
  }
  return grads;
}

}  // namespace
}  // namespace ops

Tensors cond(Operand predicate, const std::function<Tensors()>& if_true,
             const std::function<Tensors()>& if_false) {
  const Place place = predicate.place();
  ops::require_functions("cond", if_true && if_false, place);
  const Tensor decision = predicate.resolve();
  const auto trace = [&](const char* name, const std::function<Tensors()>& branch) {
    return ops::trace_subgraph(name, place, [&](graph::SubgraphScope&) { return branch(); });
  };
  return ops::make_cond(decision,
                        {trace("cond/if_true", if_true), trace("cond/if_false", if_false)}, place);
}

Tensor cond(Operand predicate, const std::function<Tensor()>& if_true,
            const std::function<Tensor()>& if_false) {
  ops::require_functions("cond", if_true && if_false, predicate.place());
  return cond(
      std::move(predicate), [&]() -> Tensors { return {if_true()}; },
      [&]() -> Tensors { return {if_false()}; })[0];
}

}  // namespace reckon
