// SPDX-License-Identifier: Apache-2.0
// The gradient of while_loop: the loop runs again with every iteration's carried values kept on a
// tape, then a third subgraph, the gradient of one iteration, runs from the last record to the
// first. Its inputs: the loop's inputs, then a gradient for each floating carried value.
#include <atomic>
#include <cstring>

#include <fmt/format.h>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include "base/scratch_layout.h"
#include "ops/control/while_loop.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

using graph::Types;

struct WhileGradientOptions {
  int64_t carried = 0;
  int64_t maximum_iterations = -1;
  int64_t gradients = 0;  ///< how many carried values are floating
  std::vector<int64_t>
      captured;  ///< the loop's inputs, beyond the carried ones, that need a gradient
};

std::vector<int64_t> floating_inputs(const Types& types, int64_t count) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i) {
    if (is_floating(types[static_cast<size_t>(i)].dtype)) indices.push_back(i);
  }
  return indices;
}

Types infer_while_gradient(const WhileGradientOptions& options,
                           const graph::InferContext& context) {
  const Types inputs(context.inputs.begin(), context.inputs.end());
  require_fixed_sizes("while_loop", inputs);
  Types types;
  for (int64_t i : floating_inputs(inputs, options.carried))
    types.push_back(inputs[static_cast<size_t>(i)]);
  for (int64_t i : options.captured) types.push_back(inputs[static_cast<size_t>(i)]);
  return types;
}

/// The carried values of every iteration, in one buffer that grows and is kept for the next run.
class Tape {
 public:
  explicit Tape(size_t record_bytes) : lines_per_record_(record_bytes / sizeof(Line)) {}
  std::byte* record(size_t index) {
    const size_t end = (index + 1) * lines_per_record_;
    if (lines_.size() < end) lines_.resize(std::max(end, 2 * lines_.size()));
    return reinterpret_cast<std::byte*>(lines_.data() + index * lines_per_record_);
  }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  size_t lines_per_record_;
  std::vector<Line> lines_;
};

/// Lends a tape to each run of a program; runs at the same time get one each. No lock.
class Tapes {
 public:
  ~Tapes() { delete idle_.load(); }
  std::unique_ptr<Tape> take(size_t record_bytes) {
    std::unique_ptr<Tape> tape(idle_.exchange(nullptr));
    return tape ? std::move(tape) : std::make_unique<Tape>(record_bytes);
  }
  void give(std::unique_ptr<Tape> tape) { delete idle_.exchange(tape.release()); }

 private:
  std::atomic<Tape*> idle_ = nullptr;
};

/// The kernel: built once, shared by every run.
class WhileGradient {
 public:
  WhileGradient(const WhileGradientOptions& options, const KernelSpec& spec);
  kernels::Fault run(const KernelCall& call) const;
  size_t scratch_bytes() const { return layout_.total(); }

 private:
  kernels::Fault record_iterations(const KernelCall& call, Tape& tape, int64_t* iterations) const;
  kernels::Fault go_back(const KernelCall& call, Tape& tape, int64_t iterations) const;
  /// Pointers to the carried values of a record, in a list of the scratch.
  void** values_of(const KernelCall& call, Tape& tape, int64_t index, size_t list_at) const;
  void** second_set(const KernelCall& call) const;

  base::ScratchLayout layout_;
  WhileParts loop_;
  std::shared_ptr<const Subprogram> gradient_;
  size_t gradients_, results_;  ///< gradients of carried values; these and those of captured ones
  std::vector<size_t> result_bytes_, record_at_, second_at_;
  size_t record_bytes_ = 0;
  size_t present_at_ = 0, next_at_ = 0, arguments_at_ = 0, outputs_at_ = 0, second_list_at_ = 0;
  std::shared_ptr<Tapes> tapes_ = std::make_shared<Tapes>();
};

WhileGradient::WhileGradient(const WhileGradientOptions& options, const KernelSpec& spec)
    : loop_(spec, options.carried, spec.inputs.size() - static_cast<size_t>(options.gradients),
            options.maximum_iterations, layout_),
      gradients_(static_cast<size_t>(options.gradients)),
      results_(spec.outputs.size()) {
  require_fixed_buffers("while_loop", spec.inputs);
  Types parameters = spec.inputs;
  parameters.insert(parameters.end(), spec.outputs.begin() + options.gradients, spec.outputs.end());
  gradient_ = spec.compile(*spec.node.subgraphs[2], parameters);
  base::ScratchLayout record;
  for (size_t bytes : loop_.sizes) record_at_.push_back(record.add(bytes));
  record_bytes_ = record.total();
  present_at_ = layout_.add(loop_.carried * sizeof(void*));
  next_at_ = layout_.add(loop_.carried * sizeof(void*));
  arguments_at_ = layout_.add(parameters.size() * sizeof(void*));
  outputs_at_ = layout_.add(results_ * sizeof(void*));
  second_list_at_ = layout_.add(results_ * sizeof(void*));
  for (const graph::TensorType& type : spec.outputs) {
    result_bytes_.push_back(buffer_bytes(type));
    second_at_.push_back(layout_.add(result_bytes_.back()));
  }
}

void** WhileGradient::values_of(const KernelCall& call, Tape& tape, int64_t index,
                                size_t list_at) const {
  std::byte* record = tape.record(static_cast<size_t>(index));
  void** list = scratch_part<void*>(call, list_at);
  for (size_t i = 0; i < loop_.carried; ++i) list[i] = record + record_at_[i];
  return list;
}

void** WhileGradient::second_set(const KernelCall& call) const {
  void** list = scratch_part<void*>(call, second_list_at_);
  for (size_t i = 0; i < results_; ++i) list[i] = scratch_part<std::byte>(call, second_at_[i]);
  return list;
}

kernels::Fault WhileGradient::record_iterations(const KernelCall& call, Tape& tape,
                                                int64_t* iterations) const {
  loop_.set_captures(call);
  void** first = values_of(call, tape, 0, present_at_);
  for (size_t i = 0; i < loop_.carried; ++i) {
    if (loop_.sizes[i] > 0) std::memcpy(first[i], call.inputs[i].data, loop_.sizes[i]);
  }
  for (*iterations = 0; !loop_.is_over(*iterations); ++*iterations) {
    // The next record first: it may move the tape.
    void** next = values_of(call, tape, *iterations + 1, next_at_);
    void** present = values_of(call, tape, *iterations, present_at_);
    bool goes_on = false;
    if (kernels::Fault fault = loop_.ask(call, present, &goes_on)) return fault;
    if (!goes_on) break;
    if (kernels::Fault fault = loop_.step(call, present, next)) return fault;
  }
  return {};
}

kernels::Fault WhileGradient::go_back(const KernelCall& call, Tape& tape,
                                      int64_t iterations) const {
  // The arguments: carried values, captured ones, gradients, sums of gradients of captured ones.
  const void** arguments = scratch_part<const void*>(call, arguments_at_);
  const void** gradients = arguments + loop_.inputs;
  void** outputs = scratch_part<void*>(call, outputs_at_);
  void** second = second_set(call);
  for (size_t i = loop_.carried; i < loop_.inputs + gradients_; ++i)
    arguments[i] = call.inputs[i].data;
  for (size_t i = 0; i < results_; ++i) outputs[i] = call.outputs[i].data;
  for (size_t i = gradients_; i < results_; ++i) {
    std::memset(second[i], 0, result_bytes_[i]);
    gradients[i] = second[i];
  }
  void** next = outputs;
  for (int64_t index = iterations - 1; index >= 0; --index) {
    void** values = values_of(call, tape, index, present_at_);
    for (size_t i = 0; i < loop_.carried; ++i) arguments[i] = values[i];
    if (kernels::Fault fault = gradient_->run(arguments, next, call)) return fault;
    for (size_t i = 0; i < results_; ++i) gradients[i] = next[i];
    next = next == outputs ? second : outputs;
  }
  for (size_t i = 0; i < results_; ++i) {
    if (gradients[i] != outputs[i] && result_bytes_[i] > 0)
      std::memcpy(outputs[i], gradients[i], result_bytes_[i]);
  }
  return {};
}

kernels::Fault WhileGradient::run(const KernelCall& call) const {
  std::unique_ptr<Tape> tape = tapes_->take(record_bytes_);
  int64_t iterations = 0;
  kernels::Fault fault = record_iterations(call, *tape, &iterations);
  if (!fault) fault = go_back(call, *tape, iterations);
  tapes_->give(std::move(tape));
  return fault;
}

Kernel while_gradient_kernel(const WhileGradientOptions& options, const KernelSpec& spec) {
  const auto kernel = std::make_shared<const WhileGradient>(options, spec);
  return {[kernel](const KernelCall& call) { return kernel->run(call); }, kernel->scratch_bytes()};
}

Tensors second_gradient(const WhileGradientOptions& options, const Backward& b);

const DefinedOp<WhileGradientOptions> while_gradient_op = define<WhileGradientOptions>({
    .name = "WhileLoopGradient",
    .inputs = {{"carried", kAnything, 'C', true}},
    .attributes = {{"carried", &WhileGradientOptions::carried},
                   {"maximum_iterations", &WhileGradientOptions::maximum_iterations},
                   {"gradients", &WhileGradientOptions::gradients},
                   {"captured", &WhileGradientOptions::captured}},
    .infer = infer_while_gradient,
    .gradient = second_gradient,
    .kernel = while_gradient_kernel,
});

/// One iteration backwards: gradients of the carried values before it, and sums so far of the
/// captured ones'.
std::shared_ptr<graph::Function> trace_iteration_gradient(const Backward& b,
                                                          const std::vector<int64_t>& carried,
                                                          const std::vector<int64_t>& captured) {
  const auto trace = [&](graph::SubgraphScope& scope) {
    Tensors like, xs, ys, sums_like;
    for (int64_t i : carried) like.push_back(b.inputs[static_cast<size_t>(i)]);
    for (int64_t i : captured) sums_like.push_back(b.inputs[static_cast<size_t>(i)]);
    const Tensors values = parameters_like(scope, b.inputs, "value");
    const Tensors grads = parameters_like(scope, like, "gradient");
    const Tensors sums = parameters_like(scope, sums_like, "sum");
    const Tensors outputs = inline_subgraph(*b.node->subgraphs[1], values);
    for (int64_t i : carried) {
      ys.push_back(outputs[static_cast<size_t>(i)]);
      xs.push_back(values[static_cast<size_t>(i)]);
    }
    for (int64_t i : captured) xs.push_back(values[static_cast<size_t>(i)]);
    Tensors found = b.differentiate(ys, grads, xs);
    for (size_t i = 0; i < found.size(); ++i) {
      const bool is_sum = i >= carried.size();
      if (is_sum)
        found[i] =
            found[i].valid() ? sums[i - carried.size()] + found[i] : sums[i - carried.size()];
      else if (!found[i].valid())
        found[i] = zeros_of(xs[i]);
    }
    return found;
  };
  return trace_subgraph(b.node->name + "/gradient", b.node->place, trace);
}

/// The loop's gradient once more, of ops that have gradients: each iteration's carried values are
/// computed from the start instead of kept, so that it takes a time that grows with the square of
/// the iterations.
class RecomputedGradient {
 public:
  RecomputedGradient(const WhileGradientOptions& options, const graph::Subgraphs& subgraphs,
                     Tensors inputs)
      : options_(options), subgraphs_(subgraphs), inputs_(std::move(inputs)) {
    const auto split = inputs_.end() - options.gradients;
    arguments_ = Tensors(inputs_.begin(), split);
    arriving_ = Tensors(split, inputs_.end());
  }

  Tensors outputs() const {
    Operands carried = {count_iterations()};
    for (const Tensor& grad : arriving_) carried.push_back(grad);
    for (int64_t i : options_.captured)
      carried.push_back(zeros_of(inputs_[static_cast<size_t>(i)]));
    const auto body = [this](const Tensors& x) {
      const Tensor index = x[0] - 1;
      Tensors arguments = values_at(index);
      arguments.insert(arguments.end(), arguments_.begin() + options_.carried, arguments_.end());
      arguments.insert(arguments.end(), x.begin() + 1, x.end());
      Tensors next = inline_subgraph(*subgraphs_[2], arguments);
      next.insert(next.begin(), index);
      return next;
    };
    Tensors last = while_loop([](const Tensors& x) { return x[0] > 0; }, body, carried);
    last.erase(last.begin());
    return last;
  }

 private:
  /// A counter and the carried values, before the first iteration.
  Operands start() const {
    Operands carried = {Array::scalar<int64_t>(0)};
    carried.insert(carried.end(), arguments_.begin(), arguments_.begin() + options_.carried);
    return carried;
  }
  Tensors with_captured(const Tensors& counted) const {
    Tensors arguments(counted.begin() + 1, counted.end());
    arguments.insert(arguments.end(), arguments_.begin() + options_.carried, arguments_.end());
    return arguments;
  }
  Tensors advance(const Tensors& counted) const {
    Tensors next = inline_subgraph(*subgraphs_[1], with_captured(counted));
    next.insert(next.begin(), counted[0] + 1);
    return next;
  }
  Tensor count_iterations() const {
    std::optional<int64_t> limit;
    if (options_.maximum_iterations >= 0) limit = options_.maximum_iterations;
    const auto goes_on = [this](const Tensors& x) {
      return inline_subgraph(*subgraphs_[0], with_captured(x))[0];
    };
    return while_loop(goes_on, [this](const Tensors& x) { return advance(x); }, start(),
                      {limit})[0];
  }
  Tensors values_at(const Tensor& index) const {
    Tensors values = while_loop([&](const Tensors& x) { return x[0] < index; },
                                [this](const Tensors& x) { return advance(x); }, start());
    values.erase(values.begin());
    return values;
  }

  const WhileGradientOptions& options_;
  const graph::Subgraphs& subgraphs_;
  Tensors inputs_, arguments_, arriving_;
};

Tensors second_gradient(const WhileGradientOptions& options, const Backward& b) {
  // Nodes of their own for the inputs, because one input may depend on another and only direct uses
  // count here; the op itself, for reshape_like() makes none where the shapes are known.
  Tensors inputs, xs, ys, grads;
  for (size_t i = 0; i < b.inputs.size(); ++i) {
    const Tensor& input = b.inputs[i];
    inputs.push_back(is_floating(input.dtype()) ? reshape_like_op({input, input}) : input);
    if (b.needed[i]) xs.push_back(inputs.back());
  }
  const graph::Subgraphs subgraphs = b.node->subgraphs;
  const Tensors outputs = RecomputedGradient(options, subgraphs, inputs).outputs();
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!b.grads[i].valid()) continue;
    ys.push_back(outputs[i]);
    grads.push_back(b.grads[i]);
  }
  const Tensors found = b.differentiate(ys, grads, xs);
  Tensors result(b.inputs.size());
  size_t next = 0;
  for (size_t i = 0; i < b.inputs.size(); ++i) {
    if (b.needed[i]) result[i] = found[next++];
  }
  return result;
}

}  // namespace

Tensors while_gradient(const WhileOptions& options, const Backward& b) {
  WhileGradientOptions gradient{options.carried, options.maximum_iterations, 0, {}};
  Types types;
  for (const Tensor& input : b.inputs) types.push_back({input.dtype(), input.shape()});
  const std::vector<int64_t> carried = floating_inputs(types, options.carried);
  gradient.gradients = static_cast<int64_t>(carried.size());
  for (size_t i = static_cast<size_t>(options.carried); i < b.inputs.size(); ++i) {
    if (b.needed[i]) gradient.captured.push_back(static_cast<int64_t>(i));
  }
  graph::Subgraphs subgraphs = b.node->subgraphs;
  subgraphs.push_back(trace_iteration_gradient(b, carried, gradient.captured));
  Tensors inputs = b.inputs;
  for (int64_t i : carried) {
    const auto index = static_cast<size_t>(i);
    inputs.push_back(b.grads[index].valid() ? b.grads[index] : zeros_of(b.outputs[index]));
  }
  const Tensors found = graph::add_node(while_gradient_op.def(), graph::make_options(gradient),
                                        inputs, b.node->place, std::move(subgraphs));
  Tensors grads(b.inputs.size());
  for (size_t i = 0; i < carried.size(); ++i) grads[static_cast<size_t>(carried[i])] = found[i];
  for (size_t i = 0; i < gradient.captured.size(); ++i) {
    grads[static_cast<size_t>(gradient.captured[i])] = found[carried.size() + i];
  }
  return grads;
}

}  // namespace reckon::ops
