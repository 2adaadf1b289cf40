// SPDX-License-Identifier: Apache-2.0
// BatchNorm: normalisation by the moments of this batch, in two passes for the moments (a sum of
// squares about the true mean cancels nothing) and one for the result.
#include "ops/network/batch_norm.h"

#include <cmath>

#include <reckon/nn.h>
#include "base/check.h"
#include "base/scratch_layout.h"
#include "ops/axis.h"
#include "ops/dispatch.h"
#include "ops/gradient_support.h"
#include "ops/lanes.h"
#include "ops/network/channel_loop.h"

namespace reckon::ops {
namespace {

using enum ChannelInput;
using expr::Expr;
using kernels::FusedLoop;
using Exprs = std::vector<Expr>;

graph::Types infer_batch_norm(const graph::InferContext& context) {
  const Shape& x = context.shape(0);
  base::require(x.rank() >= 2, "batch_norm", "x is ", graph::type_text(context.inputs[0]),
                ", expected two dimensions or more; reshape it to [rows, channels]");
  // The loops are built for this many channels; only the number of rows may vary from run to run.
  base::require(
      !graph::is_extent(x[-1]), "batch_norm", "x is ", graph::type_text(context.inputs[0]),
      ", whose channels only the data know; mask another axis, or use batch_normalization");
  const graph::TensorType channels{context.dtype(0), Shape{x[-1]}};
  for (const graph::TensorType& input : context.inputs.subspan(1)) {
    base::require(may_be_equal(input.shape, channels.shape), "batch_norm", "scale or offset is ",
                  graph::type_text(input), ", expected ", graph::type_text(channels), " for x, ",
                  graph::type_text(context.inputs[0]), "; give one element for each channel");
  }
  return {context.inputs[0], channels, channels};
}

/// The loops of one batch norm; mean and variance are sums until `average` has run on them.
struct Loops {
  Loops(expr::Lane lane, ChannelExtents size, double epsilon)
      : sum(make_channel_loop({lane, size.rows, size.channels, {kMatrix}, true},
                              [](const Exprs& x) { return x; })),
        average(make_channel_loop({lane, 0, size.channels, {kChannels, kScalar}},
                                  [](const Exprs& in) -> Exprs { return {in[0] / in[1]}; })),
        squares(
            make_channel_loop({lane, size.rows, size.channels, {kMatrix, kChannels}, true},
                              [](const Exprs& in) -> Exprs { return {square(in[0] - in[1])}; })),
        factor(make_channel_loop(
            {lane, 0, size.channels, {kChannels, kChannels}},
            [epsilon](const Exprs& in) -> Exprs { return {rsqrt(in[0] + epsilon) * in[1]}; })),
        normalize(make_channel_loop(
            {lane, size.rows, size.channels, {kMatrix, kChannels, kChannels, kChannels}},
            [](const Exprs& in) -> Exprs { return {(in[0] - in[1]) * in[2] + in[3]}; })) {}
  size_t scratch_bytes() const { return std::max(sum.scratch_bytes(), squares.scratch_bytes()); }

  FusedLoop sum, average, squares, factor, normalize;
};

template <class T>
kernels::Fault run_batch_norm(const Loops& loops, const KernelCall& call, size_t loop_scratch) {
  const View& whole = call.inputs[0];
  for (int channels : {1, 2}) {
    if (kernels::Fault fault = check_equal_dims(whole, whole.rank - 1, call.inputs[channels], 0, 1))
      return fault;
  }
  const int64_t rows = channel_extents(whole.dims, whole.rank).rows;
  const T count = static_cast<T>(rows);
  const T *x = call.in<T>(0), *scale = call.in<T>(1), *offset = call.in<T>(2);
  T *y = call.out<T>(0), *mean = call.out<T>(1), *variance = call.out<T>(2);
  T* factor = reinterpret_cast<T*>(static_cast<char*>(call.scratch) + loop_scratch);
  const auto run = [&](const FusedLoop& loop, std::initializer_list<const void*> in, T* out,
                       int64_t outer) {
    void* const outputs[] = {out};
    return loop.run(std::data(in), outputs, outer, call.pool, call.scratch);
  };
  // Floating arithmetic has no faults: the results need no look.
  (void)run(loops.sum, {x}, mean, rows);
  (void)run(loops.average, {mean, &count}, mean, -1);
  (void)run(loops.squares, {x, mean}, variance, rows);
  (void)run(loops.average, {variance, &count}, variance, -1);
  (void)run(loops.factor, {variance, scale}, factor, -1);
  return run(loops.normalize, {x, mean, factor, offset}, y, rows);
}

Kernel batch_norm_kernel(const BatchNormOptions& options, const KernelSpec& spec) {
  const Shape x = spec.bound(spec.inputs[0].shape);
  const ChannelExtents size = channel_extents(x.begin(), x.rank());
  auto loops = std::make_shared<const Loops>(
      lane_of(spec.inputs[0].dtype), ChannelExtents{std::max<int64_t>(1, size.rows), size.channels},
      options.epsilon);
  const size_t loop_scratch = base::whole_lines(loops->scratch_bytes());
  return with_floating(spec.inputs[0].dtype, [&]<class T>(std::type_identity<T>) -> Kernel {
    return {[loops, loop_scratch](const KernelCall& call) {
              return run_batch_norm<T>(*loops, call, loop_scratch);
            },
            loop_scratch + static_cast<size_t>(size.channels) * sizeof(T)};
  });
}

/// What flows to x through the moments themselves.
Tensor moments_gradient(const Backward& b) {
  const Tensor &x = b.input(0), &mean = b.output(1);
  const Tensor count = extent_product(x, statistic_axes(x.rank()), x.dtype());
  Tensor grad;
  if (b.grad(1).valid()) grad = broadcast_like(b.grad(1) / count, x);
  if (!b.grad(2).valid()) return grad;
  const Tensor spread = (x - mean) * (2 * b.grad(2) / count);
  return grad.valid() ? grad + spread : spread;
}

Tensors batch_norm_gradient(const BatchNormOptions& options, const Backward& b) {
  Tensors grads(3);
  if (b.grad(0).valid()) {
    grads = batch_norm_gradient_op.all(
        {b.grad(0), b.input(0), b.input(1), b.output(1), b.output(2)}, options);
  }
  const Tensor rest = b.needs(0) ? moments_gradient(b) : Tensor();
  if (rest.valid()) grads[0] = grads[0].valid() ? grads[0] + rest : rest;
  return grads;
}

const DefinedOp<BatchNormOptions> batch_norm_op = define<BatchNormOptions>({
    .name = "BatchNorm",
    .inputs = {{"x", kFloating}, {"scale", kFloating}, {"offset", kFloating}},
    .attributes = {{"epsilon", &BatchNormOptions::epsilon}},
    .infer = rule<BatchNormOptions>(infer_batch_norm),
    .gradient = batch_norm_gradient,
    .kernel = batch_norm_kernel,
    .output_count = 3,
});

}  // namespace

ChannelExtents channel_extents(const int64_t* dims, int rank) {
  return {count_elements(dims, 0, rank - 1), dims[rank - 1]};
}

std::vector<int64_t> statistic_axes(int rank) {
  std::vector<int64_t> axes;
  for (int64_t axis = 0; axis < rank - 1; ++axis) axes.push_back(axis);
  return axes;
}

}  // namespace reckon::ops

namespace reckon::nn {

FusedBatchNorm fused_batch_norm(Operand x, Operand scale, Operand offset, Real epsilon) {
  base::require(epsilon >= 0 && std::isfinite(epsilon), "fused_batch_norm", "epsilon is ",
                static_cast<double>(epsilon), ", expected 0 or more, and finite; 1e-3 is usual");
  const Tensors outputs = ops::batch_norm_op.all({x, scale, offset}, {epsilon});
  return {outputs[0], outputs[1], outputs[2]};
}

}  // namespace reckon::nn
