// SPDX-License-Identifier: Apache-2.0
#include "autodiff/gradients.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include <reckon/graph.h>
#include "base/check.h"
#include "graph/core_ops.h"
#include "graph/trace.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/gradient_support.h"

namespace reckon::autodiff {
namespace {

using graph::Node;
using graph::ValueId;

/// A value of the walked function and a gradient that arrives at it, which may be of a function
/// further inside: there the new nodes are made.
using Root = std::pair<ValueId, Tensor>;

/// One walk over a function, from the roots down to the xs.
class Reverse {
 public:
  Reverse(graph::Function* function, const std::vector<Root>& roots, std::vector<ValueId> xs);
  Tensors run();

 private:
  void mark_dependents();
  void visit(int32_t index);
  void add(ValueId value, const Tensor& grad);
  Tensor total(ValueId value);
  Tensor tensor(ValueId id) const { return {trace_.module, function_, id}; }
  Tensors& parts(ValueId id) { return parts_[id.node][id.output]; }

  graph::Trace& trace_;
  graph::Function* function_;
  std::vector<ValueId> xs_;
  int32_t last_ = -1;
  std::vector<bool> depends_;                ///< by node: on one of the xs
  std::vector<std::vector<Tensors>> parts_;  ///< by node and output: what has arrived
};

Reverse::Reverse(graph::Function* function, const std::vector<Root>& roots, std::vector<ValueId> xs)
    : trace_(graph::current_trace("gradients")), function_(function), xs_(std::move(xs)) {
  for (const Root& root : roots) last_ = std::max(last_, root.first.node);
  parts_.resize(last_ + 1);
  for (int32_t i = 0; i <= last_; ++i) parts_[i].resize(function_->nodes[i].outputs.size());
  mark_dependents();
  for (const auto& [y, grad] : roots) {
    if (grad.valid()) add(y, grad);
  }
}

void Reverse::mark_dependents() {
  depends_.assign(last_ + 1, false);
  for (ValueId x : xs_) {
    if (x.node <= last_) depends_[x.node] = true;
  }
  for (int32_t i = 0; i <= last_; ++i) {
    const Node& node = function_->nodes[i];
    // An op that reads only the shape of its last input does not depend on its value.
    const size_t used = node.inputs.size() - (node.op->traits.is_shape_only ? 1 : 0);
    for (size_t input = 0; input < used; ++input) {
      if (depends_[node.inputs[input].node]) depends_[i] = true;
    }
  }
}

void Reverse::add(ValueId value, const Tensor& grad) { parts(value).push_back(grad); }

Tensor Reverse::total(ValueId value) {
  Tensors& arrived = parts(value);
  if (arrived.size() > 1) arrived = {ops::sum_of_gradients(arrived)};
  return arrived.empty() ? Tensor() : arrived[0];
}

void Reverse::visit(int32_t index) {
  const Node node = function_->nodes[index];  // a copy: rules add nodes
  const ops::OpDef* def = ops::definition(node);
  if (def == nullptr || !depends_[index]) return;
  ops::Backward backward;
  bool any = false;
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueId id{index, static_cast<int32_t>(i)};
    backward.outputs.push_back(tensor(id));
    backward.grads.push_back(total(id));
    any |= backward.grads.back().valid();
  }
  if (!any) return;
  for (ValueId input : node.inputs) {
    backward.inputs.push_back(tensor(input));
    backward.needed.push_back(depends_[input.node] && is_floating(function_->type(input).dtype));
  }
  if (std::none_of(backward.needed.begin(), backward.needed.end(), [](bool n) { return n; }))
    return;
  if (!def->gradient) {
    throw Error(ErrorCode::kInvalidArgument, "gradients",
                fmt::format("{} ({}) has no gradient, but the loss depends on it; put "
                            "stop_gradient around its input, or "
                            "compute the loss without it",
                            node.name, def->where),
                node.place);
  }
  backward.node = &node;
  backward.differentiate = differentiate;
  const graph::PlaceScope place(node.place, graph::PlaceScope::Rule::kForced);
  const Tensors grads = def->gradient(node.options.get(), backward);
  RECKON_CHECK(grads.size() == node.inputs.size());
  for (size_t i = 0; i < grads.size(); ++i) {
    if (!backward.needed[i] || !grads[i].valid()) continue;
    const Tensor grad =
        def->is_elementwise() ? ops::sum_to_like(grads[i], backward.inputs[i]) : grads[i];
    add(node.inputs[i], grad);
  }
}

Tensors Reverse::run() {
  // A node that is itself an x keeps its gradient and still passes it on.
  for (int32_t i = last_; i >= 0; --i) visit(i);
  Tensors result;
  for (ValueId x : xs_) result.push_back(x.node <= last_ ? total(x) : Tensor());
  return result;
}

/// Walks a function, then, from what it captured, the one around it, and so on.
class OutwardWalk {
 public:
  explicit OutwardWalk(const Tensors& xs) : xs_(xs), grads_(xs.size()) {}
  void walk(graph::Function* function, const std::vector<Root>& roots);
  const Tensors& grads() const { return grads_; }

 private:
  const Tensors& xs_;
  Tensors grads_;
};

void OutwardWalk::walk(graph::Function* function, const std::vector<Root>& roots) {
  std::vector<ValueId> targets;
  std::vector<size_t> own;
  for (size_t i = 0; i < xs_.size(); ++i) {
    if (xs_[i].function() != function) continue;
    own.push_back(i);
    targets.push_back(xs_[i].id());
  }
  // A copy: the walk may capture more.
  const std::vector<graph::Capture> captures = function->captures;
  for (const graph::Capture& capture : captures)
    targets.push_back(function->parameters[capture.parameter]);
  const Tensors found = Reverse(function, roots, targets).run();
  for (size_t i = 0; i < own.size(); ++i) grads_[own[i]] = found[i];
  std::vector<Root> outer;
  for (size_t i = 0; i < captures.size(); ++i) {
    const Tensor& grad = found[own.size() + i];
    if (grad.valid()) outer.emplace_back(captures[i].outer, grad);
  }
  if (function->parent != nullptr && !outer.empty()) walk(function->parent, outer);
}

}  // namespace

Tensors differentiate(const Tensors& ys, const Tensors& grad_ys, const Tensors& xs) {
  std::vector<Root> roots;
  std::vector<ValueId> targets;
  for (const Tensor& x : xs) targets.push_back(graph::localize(x, {}).id());
  for (size_t i = 0; i < ys.size(); ++i) {
    const Tensor grad = grad_ys[i].valid() ? graph::localize(grad_ys[i], {}) : Tensor();
    roots.emplace_back(graph::localize(ys[i], {}).id(), grad);
  }
  return Reverse(graph::current_trace("gradients").function(), roots, targets).run();
}

Tensors differentiate_outwards(const Tensor& y, const Tensor& grad_y, const Tensors& xs) {
  for (const Tensor& x : xs) {
    if (x.module() != y.module()) (void)graph::localize(x, {});  // throws: of another graph
  }
  OutwardWalk walk(xs);
  walk.walk(y.function(), {{y.id(), graph::localize(grad_y, {})}});
  return walk.grads();
}

}  // namespace reckon::autodiff

namespace reckon {
namespace {

/// Fills `grads`, one for each x; false if y is the labels of predict mode, and so is every
/// gradient then. Nodes are made in y's function: what leads from y back to the xs is there, and
/// captured values show none of it.
bool differentiate_where_it_is(const Operand& y, const Tensors& xs,
                               const std::function<Tensor(const Tensor&)>& grad_of,
                               Tensors& grads) {
  graph::current_trace("gradients", y.place());
  const graph::EnclosingScope scope(y.is_tensor() ? y.tensor().function() : nullptr);
  const Tensor value = y.resolve();
  if (value.is_poison()) {
    grads.assign(xs.size(), value);
    return false;
  }
  base::require(
      is_floating(value.dtype()), "gradients", "y is ", value.text(),
      ", expected float32 or float64; compute it from floats, e.g. cast(x, kFloat32) at the start");
  grads = autodiff::differentiate_outwards(value, grad_of(value), xs);
  return true;
}

Tensors complete_gradients(const Operand& y, const Tensors& xs,
                           const std::function<Tensor(const Tensor&)>& grad_of) {
  return ops::at_place(y.place(), [&] {
    const NameScope names("gradients");
    Tensors grads;
    if (!differentiate_where_it_is(y, xs, grad_of, grads)) return grads;
    for (size_t i = 0; i < xs.size(); ++i) {
      if (!grads[i].valid()) grads[i] = ops::zeros_of(xs[i]);
    }
    return grads;
  });
}

}  // namespace

Tensors gradients(Operand y, const Tensors& xs, Operand grad_y) {
  return complete_gradients(y, xs, [&grad_y](const Tensor& value) {
    const Tensor grad = grad_y.resolve(value.dtype());
    base::require(grad.is_poison() || (grad.dtype() == value.dtype() &&
                                       ops::may_be_equal(grad.shape(), value.shape())),
                  "gradients", "grad_y is ", grad.text(), " but y is ", value.text(),
                  "; both need one dtype and shape: use cast or broadcast_to");
    return grad;
  });
}

Tensors gradients(Operand y, const Tensors& xs) {
  return complete_gradients(y, xs, [](const Tensor& value) { return ops::ones_of(value); });
}

}  // namespace reckon
