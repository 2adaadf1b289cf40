// SPDX-License-Identifier: Apache-2.0
// Variance, standard deviation and Euclidean norm, as compositions.
#include <reckon/math.h>
#include <reckon/reduce.h>

#include <functional>

#include <reckon/graph.h>
#include "graph/trace.h"
#include "ops/gradient_flow.h"
#include "ops/gradient_support.h"
#include "ops/reduce/reduction.h"

namespace reckon {
namespace {

/// Brings a reduced tensor back to the shape of what was reduced, or one that broadcasts to it.
using Spread = std::function<Tensor(const Tensor&)>;
using Slope = std::function<Tensor(const Tensor& at, const Spread&, const Tensor& out)>;

/// A reduction by way of a root, with its slope in one piece: by way of the root's own slope, 1 /
/// infinity would pass for a gradient of 0 where the whole is NaN.
Tensor with_slope(const Tensor& value, const ops::ReduceOptions& options,
                  const ForwardRule& function, const Slope& slope) {
  const auto rule = [options, slope](const Tensors& in, const Tensors& out, const Tensors& grads) {
    const Spread spread = [&](const Tensor& reduced) {
      return ops::with_reduced_axes(reduced, in[0], options);
    };
    return Tensors{ops::flow_times(spread(grads[0]), slope(in[0], spread, out[0]))};
  };
  return custom_gradient({value}, function, rule)[0];
}

}  // namespace

Tensor reduce_variance(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_floats("reduce_variance", x);
  ops::resolve_axes("reduce_variance", value, axes, x.place());
  return reduce_mean(squared_difference(value, reduce_mean(value, axes, {.keep_dims = true})), axes,
                     flags);
}

Tensor reduce_std(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_floats("reduce_std", x);
  const std::vector<int64_t> list = ops::resolve_axes("reduce_std", value, axes, x.place());
  if (value.is_poison()) return value;
  const auto deviation = [&](const Tensors& in) -> Tensors {
    return {sqrt(reduce_variance(in[0], axes, flags))};
  };
  const auto slope = [axes, list](const Tensor& at, const Spread& spread, const Tensor& out) {
    const Tensor distance = at - reduce_mean(at, axes, {.keep_dims = true});
    return distance / (spread(out) * ops::extent_product(at, list, at.dtype()));
  };
  return with_slope(value, {list, flags.keep_dims}, deviation, slope);
}

Tensor reduce_euclidean_norm(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_floats("reduce_euclidean_norm", x);
  const std::vector<int64_t> list =
      ops::resolve_axes("reduce_euclidean_norm", value, axes, x.place());
  if (value.is_poison()) return value;
  const auto norm = [&](const Tensors& in) -> Tensors {
    return {sqrt(reduce_sum(square(in[0]), axes, flags))};
  };
  const auto slope = [](const Tensor& at, const Spread& spread, const Tensor& out) {
    return at / spread(out);
  };
  return with_slope(value, {list, flags.keep_dims}, norm, slope);
}

}  // namespace reckon
