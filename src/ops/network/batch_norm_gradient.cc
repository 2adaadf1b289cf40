// SPDX-License-Identifier: Apache-2.0
// BatchNormGradient: with r = rsqrt(variance + epsilon), z = (x - mean) r and n rows,
//   d offset = sum(grad),  d scale = sum(grad z),  d x = scale r (grad - d offset / n - z d scale /
//   n).
// Source: Ioffe, Szegedy 2015, section 3.
#include <cstring>

#include <reckon/nn.h>
#include "base/scratch_layout.h"
#include "ops/axis.h"
#include "ops/composed_gradient.h"
#include "ops/dispatch.h"
#include "ops/gradient_support.h"
#include "ops/lanes.h"
#include "ops/network/batch_norm.h"
#include "ops/network/channel_loop.h"

namespace reckon::ops {
namespace {

using enum ChannelInput;
using expr::Expr;
using kernels::FusedLoop;
using Exprs = std::vector<Expr>;

/// `sums` gives sum(grad) and sum(grad (x - mean)); `factors` what each channel needs of them.
struct GradientLoops {
  GradientLoops(expr::Lane lane, ChannelExtents size, double epsilon)
      : sums(
            make_channel_loop({lane, size.rows, size.channels, {kMatrix, kMatrix, kChannels}, true},
                              [](const Exprs& in) -> Exprs {
                                return {in[0], in[0] * (in[1] - in[2])};
                              })),
        factors(make_channel_loop(
            {lane, 0, size.channels, {kChannels, kChannels, kChannels, kChannels, kScalar}},
            [epsilon](const Exprs& in) -> Exprs {
              const Expr r = rsqrt(in[2] + epsilon), scale_grad = in[1] * r;
              return {scale_grad, in[3] * r, in[0] / in[4], scale_grad * r / in[4]};
            })),
        combine(make_channel_loop({lane,
                                   size.rows,
                                   size.channels,
                                   {kMatrix, kMatrix, kChannels, kChannels, kChannels, kChannels}},
                                  [](const Exprs& in) -> Exprs {
                                    return {in[3] * (in[0] - in[4] - (in[1] - in[2]) * in[5])};
                                  })) {}

  FusedLoop sums, factors, combine;
};

template <class T>
kernels::Fault run_gradient(const GradientLoops& loops, const KernelCall& call,
                            size_t loop_scratch) {
  const View& x = call.inputs[1];
  const ChannelExtents size = channel_extents(x.dims, x.rank);
  const T count = static_cast<T>(size.rows);
  const void *grad = call.inputs[0].data, *scale = call.inputs[2].data, *mean = call.inputs[3].data;
  void *scale_grad = call.outputs[1].data, *offset_grad = call.outputs[2].data;
  T* factors = reinterpret_cast<T*>(static_cast<char*>(call.scratch) + loop_scratch);
  T *gain = factors, *offset_mean = factors + size.channels, *slope = factors + 2 * size.channels;

  const void* const sum_inputs[] = {grad, x.data, mean};
  void* const sums[] = {offset_grad, scale_grad};
  const void* const factor_inputs[] = {offset_grad, scale_grad, call.inputs[4].data, scale, &count};
  void* const factor_outputs[] = {scale_grad, gain, offset_mean, slope};
  const void* const inputs[] = {grad, x.data, mean, gain, offset_mean, slope};
  void* const outputs[] = {call.outputs[0].data};
  if (size.rows == 0) {
    // Sums over nothing; the moments are NaN.
    for (void* sum : sums) std::memset(sum, 0, static_cast<size_t>(size.channels) * sizeof(T));
    return {};
  }
  // Floating arithmetic has no faults: the results need no look.
  (void)loops.sums.run(sum_inputs, sums, size.rows, call.pool, call.scratch);
  (void)loops.factors.run(factor_inputs, factor_outputs, -1, call.pool, call.scratch);
  return loops.combine.run(inputs, outputs, size.rows, call.pool, call.scratch);
}

Kernel gradient_kernel(const BatchNormOptions& options, const KernelSpec& spec) {
  const Shape x = spec.bound(spec.inputs[1].shape);
  const ChannelExtents size = channel_extents(x.begin(), x.rank());
  auto loops = std::make_shared<const GradientLoops>(
      lane_of(spec.inputs[1].dtype), ChannelExtents{std::max<int64_t>(1, size.rows), size.channels},
      options.epsilon);
  const size_t loop_scratch = base::whole_lines(loops->sums.scratch_bytes());
  return with_floating(spec.inputs[1].dtype, [&]<class T>(std::type_identity<T>) -> Kernel {
    return {[loops, loop_scratch](const KernelCall& call) {
              return run_gradient<T>(*loops, call, loop_scratch);
            },
            loop_scratch + 3 * static_cast<size_t>(size.channels) * sizeof(T)};
  });
}

/// The same in plain ops, to be differentiated.
Tensors composition(const BatchNormOptions& options, const Tensors& in) {
  const Tensor &grad = in[0], &x = in[1], &scale = in[2], &mean = in[3], &variance = in[4];
  const std::vector<int64_t> axes = statistic_axes(x.rank());
  const Tensor r = rsqrt(variance + options.epsilon), z = (x - mean) * r;
  const Tensor offset_grad = reduce_sum(grad, axes), scale_grad = reduce_sum(grad * z, axes);
  const Tensor count = extent_product(x, axes, x.dtype());
  return {scale * r * (grad - offset_grad / count - z * (scale_grad / count)), scale_grad,
          offset_grad};
}

}  // namespace

const DefinedOp<BatchNormOptions> batch_norm_gradient_op = define<BatchNormOptions>({
    .name = "BatchNormGradient",
    .inputs = {{"grad", kFloating},
               {"x", kFloating},
               {"scale", kFloating},
               {"mean", kFloating},
               {"variance", kFloating}},
    .attributes = {{"epsilon", &BatchNormOptions::epsilon}},
    .infer = [](const BatchNormOptions&, const graph::InferContext& context) -> graph::Types {
      return {context.inputs[1], context.inputs[2], context.inputs[2]};
    },
    .gradient =
        [](const BatchNormOptions& options, const Backward& b) {
          return composed_gradient(
              b, [&options](const Tensors& in) { return composition(options, in); });
        },
    .kernel = gradient_kernel,
    .output_count = 3,
});

}  // namespace reckon::ops
