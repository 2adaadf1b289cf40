// SPDX-License-Identifier: Apache-2.0
// scan: a body over the rows of its elements. Each run of the body writes its rows straight into
// the stacked outputs; the carried values move between the node's outputs and a second set of
// buffers.
#include "ops/control/scan.h"

#include <cstring>

#include <fmt/format.h>

#include <reckon/control_flow.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "base/scratch_layout.h"
#include "graph/infer.h"

namespace reckon {
namespace ops {
namespace {

using graph::TensorType;
using graph::Types;

TensorType row_of(const TensorType& stacked) {
  Shape shape;
  for (int axis = 1; axis < stacked.shape.rank(); ++axis) shape.append(stacked.shape[axis]);
  return {stacked.dtype, shape};
}

TensorType stack_of(const TensorType& row, int64_t count) {
  Shape shape{count};
  for (int64_t dim : row.shape) shape.append(dim);
  return {row.dtype, shape};
}

/// The types that the body is called with.
Types body_types(const ScanOptions& options, const Types& inputs) {
  Types types = inputs;
  for (int64_t i = options.carried; i < options.carried + options.elements; ++i)
    types[static_cast<size_t>(i)] = row_of(inputs[static_cast<size_t>(i)]);
  return types;
}

void require_rows(const Tensor& element, Place place) {
  if (element.rank() > 0 || element.is_poison()) return;
  throw Error(ErrorCode::kInvalidArgument, "scan",
              fmt::format("an element is {}, expected one dimension or more, the first of which is "
                          "walked; reshape it",
                          element.text()),
              place);
}

/// The number of rows that all elements have, as far as it is known.
int64_t count_rows(const ScanOptions& options, const Types& inputs) {
  int64_t rows = kUnknown;
  for (int64_t i = options.carried; i < options.carried + options.elements; ++i) {
    const TensorType& element = inputs[static_cast<size_t>(i)];
    RECKON_CHECK(element.shape.rank() > 0);
    const int64_t own = element.shape[0];
    base::require(graph::is_extent(own) || graph::is_extent(rows) || own == rows ||
                      own == kUnknown || rows == kUnknown,
                  "scan", "the elements have ", rows, " and ", own,
                  " rows, expected one number of them; slice the longer one");
    if (rows == kUnknown) rows = own;
  }
  return rows;
}

Types infer_scan(const ScanOptions& options, const graph::InferContext& context) {
  const Types inputs(context.inputs.begin(), context.inputs.end());
  const int64_t rows = count_rows(options, inputs);
  const Types parameters = body_types(options, inputs);
  require_fixed_sizes("scan", parameters);
  Types results = graph::infer_function(*(*context.subgraphs)[0], parameters, context.planned);
  require_fixed_buffers("scan", results);
  const Types carried(inputs.begin(), inputs.begin() + options.carried);
  const Types next(results.begin(), results.begin() + options.carried);
  base::require(may_be_equal(carried, next), "scan", "the body turns ", types_text(carried),
                " into ", types_text(next),
                "; a carried value keeps its dtype and shape: cast or reshape it, or the initial "
                "value");
  for (size_t i = 0; i < results.size(); ++i)
    results[i] = i < carried.size() ? carried[i] : stack_of(results[i], rows);
  return results;
}

/// The kernel: built once, shared by every run.
class ScanKernel {
 public:
  ScanKernel(const ScanOptions& options, const KernelSpec& spec)
      : options_(options),
        carried_(static_cast<size_t>(options.carried)),
        elements_(static_cast<size_t>(options.elements)),
        inputs_(spec.inputs.size()),
        outputs_(spec.outputs.size()) {
    const Types parameters = body_types(options, spec.inputs);
    body_ = spec.compile(*spec.node.subgraphs[0], parameters);
    arguments_at_ = layout_.add(inputs_ * sizeof(void*));
    results_at_ = layout_.add(outputs_ * sizeof(void*));
    for (const TensorType& type : parameters) bytes_.push_back(buffer_bytes(type));
    for (size_t i = 0; i < carried_; ++i) second_at_.push_back(layout_.add(bytes_[i]));
    for (size_t i = carried_; i < outputs_; ++i)
      row_bytes_.push_back(buffer_bytes(row_of(spec.outputs[i])));
  }
  size_t scratch_bytes() const { return layout_.total(); }

  kernels::Fault run(const KernelCall& call) const {
    if (kernels::Fault fault = check_rows(call)) return fault;
    const int64_t rows = call.inputs[carried_].dims[0];
    const void** arguments = part<const void*>(call, arguments_at_);
    for (size_t i = 0; i < inputs_; ++i) arguments[i] = call.inputs[i].data;
    for (int64_t step = 0; step < rows; ++step) {
      point_at(call, options_.reverse ? rows - 1 - step : step, (rows - step) % 2 != 0);
      void** results = part<void*>(call, results_at_);
      if (kernels::Fault fault = body_->run(arguments, results, call)) return fault;
      for (size_t i = 0; i < carried_; ++i) arguments[i] = results[i];
    }
    for (size_t i = 0; i < carried_ && rows == 0; ++i) {
      if (bytes_[i] > 0) std::memcpy(call.outputs[i].data, call.inputs[i].data, bytes_[i]);
    }
    return {};
  }

 private:
  template <class T>
  static T* part(const KernelCall& call, size_t offset) {
    return reinterpret_cast<T*>(static_cast<std::byte*>(call.scratch) + offset);
  }

  kernels::Fault check_rows(const KernelCall& call) const {
    const View& first = call.inputs[carried_];
    for (size_t i = carried_ + 1; i < carried_ + elements_; ++i) {
      if (call.inputs[i].dims[0] == first.dims[0]) continue;
      return kernels::Fault(base::concat_text("the elements have ", first.dims[0], " and ",
                                              call.inputs[i].dims[0],
                                              " rows, expected one number of them"));
    }
    return {};
  }

  /// Rows `row` of elements and stacked outputs. The next carried values go to the node's outputs
  /// or to the second set, so that the last ones come out.
  void point_at(const KernelCall& call, int64_t row, bool to_outputs) const {
    const void** arguments = part<const void*>(call, arguments_at_);
    void** results = part<void*>(call, results_at_);
    const auto at = static_cast<size_t>(row);
    for (size_t i = carried_; i < carried_ + elements_; ++i)
      arguments[i] = call.in<std::byte>(static_cast<int>(i)) + at * bytes_[i];
    for (size_t i = 0; i < carried_; ++i)
      results[i] = to_outputs ? call.outputs[i].data : part<std::byte>(call, second_at_[i]);
    for (size_t i = carried_; i < outputs_; ++i)
      results[i] = call.out<std::byte>(static_cast<int>(i)) + at * row_bytes_[i - carried_];
  }

  ScanOptions options_;
  size_t carried_, elements_, inputs_, outputs_;
  std::shared_ptr<const Subprogram> body_;
  base::ScratchLayout layout_;
  size_t arguments_at_ = 0, results_at_ = 0;
  std::vector<size_t> bytes_;      ///< of each argument of the body
  std::vector<size_t> second_at_;  ///< of each carried value
  std::vector<size_t> row_bytes_;  ///< of each stacked output
};

Kernel scan_kernel(const ScanOptions& options, const KernelSpec& spec) {
  const auto kernel = std::make_shared<const ScanKernel>(options, spec);
  return {[kernel](const KernelCall& call) { return kernel->run(call); }, kernel->scratch_bytes()};
}

const DefinedOp<ScanOptions> scan_op = define<ScanOptions>({
    .name = "Scan",
    .inputs = {{"carried", kAnything, 'C', true}},
    .attributes = {{"carried", &ScanOptions::carried},
                   {"elements", &ScanOptions::elements},
                   {"reverse", &ScanOptions::reverse}},
    .infer = infer_scan,
    .gradient = scan_gradient,
    .kernel = scan_kernel,
});

}  // namespace

Tensors make_scan(const ScanOptions& options, const Tensors& inputs,
                  std::shared_ptr<graph::Function> body, Place place) {
  const auto outputs = static_cast<int>(body->results.size());
  return graph::add_node(scan_op.def(), graph::make_options(options), inputs, place,
                         {std::move(body)}, outputs);
}

Tensors scan_parameters(graph::SubgraphScope& scope, const ScanOptions& options,
                        const Tensors& inputs) {
  Types types;
  for (const Tensor& input : inputs) types.push_back({input.dtype(), input.shape()});
  types = body_types(options, types);
  Tensors parameters;
  for (int64_t i = 0; i < options.carried + options.elements; ++i) {
    const char* name = i < options.carried ? "carried" : "row";
    parameters.push_back(scope.parameter(types[static_cast<size_t>(i)],
                                         fmt::format("{}_{}", name, parameters.size())));
  }
  return parameters;
}

namespace {

/// The first rows walked are the initial values, and the first rows of the results.
Tensors scan_from_first_rows(const ScanBody& body, const Operands& elements,
                             const reckon::ScanOptions& options, Place place) {
  const graph::PlaceScope scope(place);
  Operands first, others;
  for (const Operand& element : elements) {
    const Tensor x = element.resolve();
    require_rows(x, place);
    const int64_t at = options.reverse ? -1 : 0;
    first.push_back(strided_slice(x, {at}, {at}, {.shrink_axis_mask = 1}));
    others.push_back(options.reverse ? strided_slice(x, {0}, {-1})
                                     : strided_slice(x, {1}, {0}, {.end_mask = 1}));
  }
  Tensors results = scan(body, others, first, options, place);
  for (size_t i = 0; i < results.size(); ++i) {
    const Tensor row = expand_dims(first[i], 0);
    results[i] = options.reverse ? concat({results[i], row}, 0) : concat({row, results[i]}, 0);
  }
  return results;
}

}  // namespace
}  // namespace ops

Tensors scan(const ScanBody& body, const Operands& elements, const Operands& initial,
             ScanOptions options, Place place) {
  ops::require_functions("scan", static_cast<bool>(body), place);
  if (elements.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "scan",
                "came without elements, expected one or more; use while_loop to repeat a body "
                "without them",
                place);
  }
  if (initial.empty()) return ops::scan_from_first_rows(body, elements, options, place);
  Tensors values;
  for (const Operand& operand : initial) values.push_back(operand.resolve());
  for (const Operand& operand : elements) values.push_back(operand.resolve());
  const ops::ScanOptions node_options{static_cast<int64_t>(initial.size()),
                                      static_cast<int64_t>(elements.size()), options.reverse};
  for (size_t i = initial.size(); i < values.size(); ++i) ops::require_rows(values[i], place);
  const auto trace = [&](graph::SubgraphScope& scope) {
    const Tensors x = ops::scan_parameters(scope, node_options, values);
    const auto split = x.begin() + node_options.carried;
    const Tensors next = body(Tensors(x.begin(), split), Tensors(split, x.end()));
    if (next.size() != initial.size()) {
      throw Error(ErrorCode::kInvalidArgument, "scan",
                  fmt::format("the body gives {} values, expected {}, one for each initial value",
                              next.size(), initial.size()),
                  place);
    }
    Tensors results = next;  // each is carried on, and a row of the result
    results.insert(results.end(), next.begin(), next.end());
    return results;
  };
  auto function = ops::trace_subgraph("scan/body", place, trace);
  for (const Tensor& captured : ops::unify_captures({function}, values.size()))
    values.push_back(captured);
  Tensors outputs = ops::make_scan(node_options, values, std::move(function), place);
  outputs.erase(outputs.begin(), outputs.begin() + node_options.carried);
  return outputs;
}

}  // namespace reckon
