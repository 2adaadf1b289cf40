// SPDX-License-Identifier: Apache-2.0
// Softmax and LogSoftmax along the last axis, with gradients of their own: both read only the
// result.
#include "ops/network/softmax.h"

#include <reckon/nn.h>
#include "kernels/rows/rows.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/composed_gradient.h"
#include "ops/dispatch.h"
#include "ops/gradient_flow.h"
#include "ops/last_axis.h"
#include "ops/row_chunks.h"

namespace reckon::ops {

Tensor row_sum(const Tensor& x) { return reduce_sum(x, -1, {.keep_dims = true}); }

namespace {

using graph::NoOptions;

graph::Types infer_rows(const graph::InferContext& context) {
  base::require(context.shape(0).rank() > 0, "softmax", "logits is ",
                graph::type_text(context.inputs[0]),
                ", a scalar, expected one dimension or more; reshape it to [1]");
  return {context.inputs[0]};
}

/// The extents of input 0 as a matrix.
struct Rows {
  explicit Rows(const View& x)
      : rows(count_elements(x.dims, 0, x.rank - 1)), columns(x.dims[x.rank - 1]) {}
  int64_t rows, columns;
};

template <class T>
using RowFunction = void (*)(const T* x, T* out, int64_t rows, int64_t columns, kernels::Isa isa);
template <class T>
using RowGradientFunction = void (*)(const T* y, const T* grad, T* out, int64_t rows,
                                     int64_t columns, kernels::Isa isa);

template <class T>
Kernel row_kernel(RowFunction<T> function) {
  return {[function](const KernelCall& call) {
    const Rows size(call.inputs[0]);
    for_row_chunks(call.pool, size.rows, size.columns, [&](int64_t first, int64_t last) {
      const int64_t at = first * size.columns;
      function(call.in<T>(0) + at, call.out<T>(0) + at, last - first, size.columns, kernels::isa());
    });
    return kernels::Fault();
  }};
}

template <class T>
Kernel row_gradient_kernel(RowGradientFunction<T> function) {
  return {[function](const KernelCall& call) {
    const Rows size(call.inputs[0]);
    for_row_chunks(call.pool, size.rows, size.columns, [&](int64_t first, int64_t last) {
      const int64_t at = first * size.columns;
      function(call.in<T>(0) + at, call.in<T>(1) + at, call.out<T>(0) + at, last - first,
               size.columns, kernels::isa());
    });
    return kernels::Fault();
  }};
}

Tensor about_mean(const Tensor& x, const Tensor& weights) {
  return x - row_sum(flow_times(x, weights));
}

// Inputs: the result y of softmax, and its gradient: (grad - sum(grad y)) y.
const DefinedOp<NoOptions> softmax_gradient_op = define<NoOptions>({
    .name = "SoftmaxGradient",
    .inputs = {{"y", kFloating}, {"grad", kFloating}},
    .infer = rule(infer_rows),
    // (h - sum(h y)) (grad - sum(grad y)) to y, up to a number for each row, which softmax does not
    // feel; to grad the same as from it, for the matrix between them is symmetric.
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      const Tensor &y = b.input(0), &grad = b.input(1), &arriving = b.grad();
      return {b.needs(0) ? zero_product(about_mean(arriving, y), about_mean(grad, y)) : Tensor(),
              b.needs(1) ? softmax_gradient(y, arriving) : Tensor()};
    },
    .kernel =
        [](const NoOptions&, const KernelSpec& spec) {
          return with_floating(spec.inputs[0].dtype, []<class T>(std::type_identity<T>) {
            return row_gradient_kernel<T>(kernels::softmax_gradient_rows<T>);
          });
        },
});

// Inputs: the forward result y, and its gradient: grad - exp(y) sum(grad).
const DefinedOp<NoOptions> log_softmax_gradient_op = define<NoOptions>({
    .name = "LogSoftmaxGradient",
    .inputs = {{"y", kFloating}, {"grad", kFloating}},
    .infer = rule(infer_rows),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return composed_gradient(b, [](const Tensors& in) -> Tensors {
        return {in[1] - flow_times(row_sum(in[1]), exp(in[0]))};
      });
    },
    .kernel =
        [](const NoOptions&, const KernelSpec& spec) {
          return with_floating(spec.inputs[0].dtype, []<class T>(std::type_identity<T>) {
            return row_gradient_kernel<T>(kernels::log_softmax_gradient_rows<T>);
          });
        },
});

const DefinedOp<NoOptions> softmax_op = define<NoOptions>({
    .name = "Softmax",
    .inputs = {{"logits", kFloating}},
    .infer = rule(infer_rows),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {softmax_gradient(b.output(), b.grad())};
    },
    .kernel =
        [](const NoOptions&, const KernelSpec& spec) {
          return with_floating(spec.inputs[0].dtype, []<class T>(std::type_identity<T>) {
            return row_kernel<T>(kernels::softmax_rows<T>);
          });
        },
});

const DefinedOp<NoOptions> log_softmax_op = define<NoOptions>({
    .name = "LogSoftmax",
    .inputs = {{"logits", kFloating}},
    .infer = rule(infer_rows),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {log_softmax_gradient_op({b.output(), b.grad()})};
    },
    .kernel =
        [](const NoOptions&, const KernelSpec& spec) {
          return with_floating(spec.inputs[0].dtype, []<class T>(std::type_identity<T>) {
            return row_kernel<T>(kernels::log_softmax_rows<T>);
          });
        },
});

}  // namespace

Tensor softmax_gradient(const Tensor& y, const Tensor& grad) {
  return softmax_gradient_op({y, grad});
}

}  // namespace reckon::ops

namespace reckon::nn {

Tensor softmax(Operand logits) { return ops::softmax_op({logits}); }
Tensor log_softmax(Operand logits) { return ops::log_softmax_op({logits}); }

Tensor Softmax::operator()(Operand logits) const {
  return ops::at_place(logits.place(), [&] {
    return ops::along_axis("softmax", logits.resolve(), axis,
                           [](const Tensor& x) { return softmax(x); });
  });
}

Tensor LogSoftmax::operator()(Operand logits) const {
  return ops::at_place(logits.place(), [&] {
    return ops::along_axis("log_softmax", logits.resolve(), axis,
                           [](const Tensor& x) { return log_softmax(x); });
  });
}

}  // namespace reckon::nn
