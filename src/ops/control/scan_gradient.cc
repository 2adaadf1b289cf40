// SPDX-License-Identifier: Apache-2.0
// The gradient of scan: a scan the other way round, whose carried values are the gradients of the
// carried values and the sums of those of what the body uses from outside. Its elements: the
// carried values before each row, the elements, and what arrives at the stacked outputs. It is a
// Scan itself, so it has gradients too.
#include <algorithm>

#include <reckon/control_flow.h>
#include <reckon/operators.h>
#include <reckon/shape_ops.h>
#include "ops/control/scan.h"
#include "ops/gradient_support.h"

namespace reckon::ops {
namespace {

/// Which values of a scan the gradient is about, as indices of its inputs.
struct ScanParts {
  ScanParts(const ScanOptions& options, const Backward& b) {
    const auto first_captured = static_cast<size_t>(options.carried + options.elements);
    for (size_t i = 0; i < b.inputs.size(); ++i) {
      if (!is_floating(b.inputs[i].dtype())) continue;
      if (i < static_cast<size_t>(options.carried))
        carried.push_back(i);
      else if (b.needed[i])
        (i < first_captured ? elements : captured).push_back(i);
    }
    for (size_t i = static_cast<size_t>(options.carried); i < b.outputs.size(); ++i) {
      if (b.grads[i].valid() && is_floating(b.outputs[i].dtype())) stacked.push_back(i);
    }
  }
  std::vector<size_t> carried, elements, captured;
  std::vector<size_t> stacked;  ///< outputs at which a gradient arrives
};

/// The carried values before each row, where the body stacks every one of them; else nothing.
Tensors shifted_outputs(const ScanOptions& options, const Backward& b) {
  const graph::Function& body = *b.node->subgraphs[0];
  Tensors before;
  for (size_t i = 0; i < static_cast<size_t>(options.carried); ++i) {
    const auto next = body.results.begin() + options.carried;
    const auto stacked = std::find(next, body.results.end(), body.results[i]);
    if (stacked == body.results.end()) return {};
    const Tensor& rows = b.outputs[static_cast<size_t>(stacked - body.results.begin())];
    // Cut after the initial value is put there: so it is right without any rows too.
    const Tensor initial = expand_dims(b.inputs[i], 0);
    before.push_back(options.reverse
                         ? strided_slice(concat({rows, initial}, 0), {1}, {0}, {.end_mask = 1})
                         : strided_slice(concat({initial, rows}, 0), {0}, {-1}));
  }
  return before;
}

/// The same by running the body once more with these values as its rows.
Tensors recorded_values(const ScanOptions& options, const Backward& b) {
  const auto trace = [&](graph::SubgraphScope& scope) {
    Tensors arguments = scan_parameters(scope, options, b.inputs);
    const auto carried = static_cast<std::ptrdiff_t>(options.carried);
    Tensors results(arguments.begin(), arguments.begin() + carried);
    for (size_t i = arguments.size(); i < b.inputs.size(); ++i)
      arguments.push_back(graph::localize(b.inputs[i], {}));
    const Tensors outputs = inline_subgraph(*b.node->subgraphs[0], arguments);
    results.insert(results.begin(), outputs.begin(), outputs.begin() + carried);
    return results;
  };
  auto function = trace_subgraph(b.node->name + "/values", b.node->place, trace);
  Tensors inputs(b.inputs.begin(), b.inputs.begin() + options.carried + options.elements);
  for (const Tensor& captured : unify_captures({function}, inputs.size()))
    inputs.push_back(captured);
  Tensors values = make_scan(options, inputs, std::move(function), b.node->place);
  values.erase(values.begin(), values.begin() + options.carried);
  return values;
}

/// One row backwards.
class RowBackwards {
 public:
  RowBackwards(const ScanOptions& options, const ScanParts& parts, const Backward& b)
      : options_(options), parts_(parts), b_(b) {}

  /// `x`: gradients of the carried values and sums; then the values before the row, the row of each
  /// element, and what arrives. Gives the next ones, then the rows of the elements' gradients.
  Tensors of(const Tensors& x) const {
    const size_t gradients = parts_.carried.size(), sums = parts_.captured.size();
    const auto values = static_cast<size_t>(options_.carried + options_.elements);
    Tensors arguments(x.begin() + static_cast<std::ptrdiff_t>(gradients + sums),
                      x.begin() + static_cast<std::ptrdiff_t>(gradients + sums + values));
    for (size_t i = values; i < b_.inputs.size(); ++i)
      arguments.push_back(graph::localize(b_.inputs[i], {}));
    const Tensors outputs = inline_subgraph(*b_.node->subgraphs[0], arguments);
    Tensors ys, grads, xs;
    for (size_t k = 0; k < gradients; ++k) {
      ys.push_back(outputs[parts_.carried[k]]);
      grads.push_back(x[k]);
    }
    for (size_t k = 0; k < parts_.stacked.size(); ++k) {
      ys.push_back(outputs[parts_.stacked[k]]);
      grads.push_back(x[gradients + sums + values + k]);
    }
    for (const auto* list : {&parts_.carried, &parts_.captured, &parts_.elements}) {
      for (size_t i : *list) xs.push_back(arguments[i]);
    }
    Tensors found = b_.differentiate(ys, grads, xs);
    for (size_t k = 0; k < found.size(); ++k) {
      const bool is_sum = k >= gradients && k < gradients + sums;
      if (!found[k].valid())
        found[k] = is_sum ? x[k] : zeros_of(xs[k]);
      else if (is_sum)
        found[k] = x[k] + found[k];
    }
    return found;
  }

 private:
  const ScanOptions& options_;
  const ScanParts& parts_;
  const Backward& b_;
};

Tensors backward_inputs(const ScanOptions& options, const ScanParts& parts, const Backward& b) {
  Tensors inputs;
  for (size_t i : parts.carried)
    inputs.push_back(b.grads[i].valid() ? b.grads[i] : zeros_of(b.outputs[i]));
  for (size_t i : parts.captured) inputs.push_back(zeros_of(b.inputs[i]));
  Tensors before = shifted_outputs(options, b);
  if (before.empty()) before = recorded_values(options, b);
  inputs.insert(inputs.end(), before.begin(), before.end());
  const auto first = b.inputs.begin() + options.carried;
  inputs.insert(inputs.end(), first, first + options.elements);
  for (size_t i : parts.stacked) inputs.push_back(b.grads[i]);
  return inputs;
}

}  // namespace

Tensors scan_gradient(const ScanOptions& options, const Backward& b) {
  const ScanParts parts(options, b);
  Tensors inputs = backward_inputs(options, parts, b);
  const auto carried = static_cast<int64_t>(parts.carried.size() + parts.captured.size());
  const ScanOptions backward{carried, static_cast<int64_t>(inputs.size()) - carried,
                             !options.reverse};
  const RowBackwards row(options, parts, b);
  auto function =
      trace_subgraph(b.node->name + "/gradient", b.node->place, [&](graph::SubgraphScope& scope) {
        return row.of(scan_parameters(scope, backward, inputs));
      });
  for (const Tensor& captured : unify_captures({function}, inputs.size()))
    inputs.push_back(captured);
  const Tensors found = make_scan(backward, inputs, std::move(function), b.node->place);
  Tensors grads(b.inputs.size());
  size_t next = 0;
  for (const auto* list : {&parts.carried, &parts.captured, &parts.elements}) {
    for (size_t i : *list) grads[i] = found[next++];
  }
  return grads;
}

}  // namespace reckon::ops
