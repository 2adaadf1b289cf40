// SPDX-License-Identifier: Apache-2.0
// SoftmaxCrossEntropy and its sparse twin: loss and the gradient of the loss in one pass over the
// logits, so that the numerics hang on no pattern and the backward step is one product.
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include "kernels/rows/rows.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/gradient_flow.h"
#include "ops/last_axis.h"
#include "ops/network/label_mend.h"
#include "ops/network/softmax.h"
#include "ops/row_chunks.h"

namespace reckon::ops {
namespace {

using graph::InferContext;
using graph::NoOptions;
using kernels::Fault;

Shape without_last(const Shape& shape) {
  Shape rows;
  for (int axis = 0; axis < shape.rank() - 1; ++axis) rows.append(shape[axis]);
  return rows;
}

/// Fails unless `labels` may be of shape `wanted`.
void check_labels(const char* where, const InferContext& context, const Shape& wanted,
                  const char* rule) {
  base::require(context.shape(0).rank() > 0 && may_be_equal(context.shape(1), wanted), where,
                "labels is ", graph::type_text(context.inputs[1]), ", logits is ",
                graph::type_text(context.inputs[0]), "; ", rule);
}

/// The likely mistakes of the two losses, before what the op's own rule says of dtypes.
void check_distribution(const char* where, const Tensor& labels, const Tensor& logits) {
  if (labels.is_poison() || logits.is_poison()) return;
  require_logits(where, labels, logits);
  base::require(!are_class_numbers(labels, logits), where, "labels is ", labels.text(),
                " and logits is ", logits.text(), ", expected one number for each class; ",
                distribution_mend(labels, logits));
}

void check_class_numbers(const char* where, const Tensor& labels, const Tensor& logits) {
  if (labels.is_poison() || logits.is_poison()) return;
  require_logits(where, labels, logits);
  const bool is_one_hot = labels.rank() == logits.rank() && labels.rank() > 0;
  base::require(kIndices.contains(labels.dtype()) && !is_one_hot, where, "labels is ",
                labels.text(), " and logits is ", logits.text(),
                ", expected int32 or int64 [batch] beside floats [batch, classes]; ",
                class_number_mend(labels, logits));
}

graph::Types loss_and_backprop(const InferContext& context) {
  return {{context.dtype(0), without_last(context.shape(0))}, context.inputs[0]};
}

/// The sum of what is there.
Tensor sum_of(const Tensor& a, const Tensor& b) {
  return a.valid() && b.valid() ? a + b : a.valid() ? a : b;
}

/// What flows back to logits through the loss.
Tensor loss_gradient(const Backward& b) {
  return b.grad(0).valid() ? flow_times(expand_dims(b.grad(0), -1), b.output(1)) : Tensor();
}

Tensors dense_gradient(const Backward& b) {
  const Tensor &logits = b.input(0), &labels = b.input(1), &second = b.grad(1);
  Tensor to_logits = loss_gradient(b), to_labels;
  if (b.needs(1) && b.grad(0).valid())
    to_labels = flow_times(expand_dims(b.grad(0), -1), -nn::log_softmax(logits));
  if (!second.valid()) return {to_logits, to_labels};
  // backprop = softmax * sum(labels) - labels has a gradient of its own.
  const Tensor share = nn::softmax(logits);
  return {sum_of(to_logits, flow_times(softmax_gradient(share, second), row_sum(labels))),
          sum_of(to_labels, row_sum(flow_times(second, share)) - second)};
}

const DefinedOp<NoOptions> softmax_cross_entropy_op = define<NoOptions>({
    .name = "SoftmaxCrossEntropy",
    .inputs = {{"logits", kFloating}, {"labels", kFloating}},
    .infer =
        [](const NoOptions&, const InferContext& context) {
          check_labels(
              "softmax_cross_entropy_with_logits", context, context.shape(0),
              "both need one shape: pass one_hot labels, or use the sparse loss for class numbers");
          return loss_and_backprop(context);
        },
    .gradient = [](const NoOptions&, const Backward& b) { return dense_gradient(b); },
    .kernel =
        [](const NoOptions&, const KernelSpec& spec) {
          return with_floating(spec.inputs[0].dtype, []<class T>(std::type_identity<T>) -> Kernel {
            return {[](const KernelCall& call) -> Fault {
              const View& logits = call.inputs[0];
              if (Fault fault = check_equal_dims(logits, 0, call.inputs[1], 0, logits.rank))
                return fault;
              const int64_t rows = count_elements(logits.dims, 0, logits.rank - 1),
                            columns = logits.dims[logits.rank - 1];
              for_row_chunks(call.pool, rows, columns, [&](int64_t first, int64_t last) {
                const int64_t at = first * columns;
                kernels::softmax_cross_entropy_rows(call.in<T>(0) + at, call.in<T>(1) + at,
                                                    call.out<T>(0) + first, call.out<T>(1) + at,
                                                    last - first, columns);
              });
              return Fault();
            }};
          });
        },
    .output_count = 2,
});

template <class T, class Label>
Kernel sparse_kernel() {
  return {[](const KernelCall& call) -> Fault {
    const View& logits = call.inputs[0];
    if (Fault fault = check_equal_dims(logits, 0, call.inputs[1], 0, logits.rank - 1)) return fault;
    const int64_t rows = count_elements(logits.dims, 0, logits.rank - 1),
                  columns = logits.dims[logits.rank - 1];
    return check_row_chunks(call.pool, rows, columns, [&](int64_t first, int64_t last) {
      const int64_t at = first * columns;
      return kernels::sparse_softmax_cross_entropy_rows(
          call.in<T>(0) + at, call.in<Label>(1) + first, call.out<T>(0) + first,
          call.out<T>(1) + at, last - first, columns);
    });
  }};
}

const DefinedOp<NoOptions> sparse_softmax_cross_entropy_op = define<NoOptions>({
    .name = "SparseSoftmaxCrossEntropy",
    .inputs = {{"logits", kFloating}, {"labels", kIndices, 'i'}},
    .infer =
        [](const NoOptions&, const InferContext& context) {
          const Shape& logits = context.shape(0);
          check_labels("sparse_softmax_cross_entropy_with_logits", context,
                       logits.rank() > 0 ? without_last(logits) : Shape{},
                       "labels need the shape of logits without its last dimension: squeeze or "
                       "reshape them");
          return loss_and_backprop(context);
        },
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor second =
          b.grad(1).valid() ? softmax_gradient(nn::softmax(b.input(0)), b.grad(1)) : Tensor();
      return {sum_of(loss_gradient(b), second), Tensor()};
    },
    .kernel =
        [](const NoOptions&, const KernelSpec& spec) {
          return with_floating(spec.inputs[0].dtype, [&]<class T>(std::type_identity<T>) {
            return with_index(spec.inputs[1].dtype, []<class Label>(std::type_identity<Label>) {
              return sparse_kernel<T, Label>();
            });
          });
        },
    .traits = {.may_fault = true},
    .output_count = 2,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor softmax_cross_entropy_with_logits(Operand labels, Operand logits, Integer axis) {
  return ops::at_place(labels.place(), [&] {
    Tensor scores = logits.resolve(), wanted = labels.resolve();
    const auto is_movable = [axis](const Tensor& x) { return axis != -1 && !x.is_poison(); };
    const char* where = "softmax_cross_entropy_with_logits";
    ops::check_distribution(where, wanted, scores);
    if (is_movable(scores)) scores = ops::with_axis_last(where, scores, axis);
    if (is_movable(wanted)) wanted = ops::with_axis_last(where, wanted, axis);
    return ops::softmax_cross_entropy_op.all({scores, wanted})[0];
  });
}

Tensor sparse_softmax_cross_entropy_with_logits(Operand labels, Operand logits) {
  return ops::at_place(labels.place(), [&] {
    const Tensor scores = logits.resolve(), classes = labels.resolve();
    ops::check_class_numbers("sparse_softmax_cross_entropy_with_logits", classes, scores);
    return ops::sparse_softmax_cross_entropy_op.all({scores, classes})[0];
  });
}

}  // namespace reckon::nn
