// SPDX-License-Identifier: Apache-2.0
// reduce_logsumexp = shift + log(sum(exp(x - shift))), the shift being the maximum: exp of a number
// <= 0 cannot overflow.
#include <reckon/math.h>
#include <reckon/reduce.h>

#include <reckon/graph.h>
#include "graph/trace.h"
#include "ops/gradient_flow.h"
#include "ops/gradient_support.h"
#include "ops/reduce/reduction.h"

namespace reckon {
namespace {

/// The maximum with its axes kept; 0 where it is not finite: infinity - infinity would be NaN.
Tensor shift_of(const Tensor& x, const Axes& axes) {
  const Tensor largest = reduce_max(x, axes, {.keep_dims = true});
  return stop_gradient(where(is_finite(largest), largest, 0));
}

/// Terms that are exactly 1 are counted apart: beside the one of the maximum, log(1 + rest) would
/// lose a small rest.
Tensor log_sum_exp(const Tensor& x, const Axes& axes, ReduceFlags flags) {
  const Tensor shift = shift_of(x, axes), is_one = equal(x, shift);
  const Tensor rest = reduce_sum(where(is_one, 0, exp(x - shift)), axes, flags);
  const Tensor log_sum = log1p(rest + (reduce_sum(cast(is_one, x.dtype()), axes, flags) - 1));
  return log_sum + (flags.keep_dims ? shift : ops::reshape_like(shift, log_sum));
}

/// softmax(x) over the axes; 0 where all elements are -infinity: nothing that one of them could do
/// moves the sum.
Tensor shares(const Tensor& x, const Axes& axes) {
  const auto sum = [axes](const Tensor& terms) {
    return reduce_sum(terms, axes, {.keep_dims = true});
  };
  const auto quotients = [&](const Tensors& in) -> Tensors {
    const Tensor terms = exp(in[0] - shift_of(in[0], axes));
    return {divide_no_nan(terms, sum(terms))};
  };
  // p (g - sum(p g)), counted from the gradient of the largest: a share of all but 1 leaves nothing
  // of g - sum(p g).
  const auto rule = [axes, sum](const Tensors& in, const Tensors& out, const Tensors& grads) {
    const Tensor is_largest = equal(in[0], reduce_max(in[0], axes, {.keep_dims = true}));
    const Tensor count = sum(cast(is_largest, in[0].dtype()));
    const Tensor origin = divide_no_nan(sum(where(is_largest, grads[0], 0)), count);
    const Tensor mean = sum(ops::flow_times(origin - grads[0], out[0]));
    return Tensors{ops::flow_times((grads[0] - origin) + mean, out[0])};
  };
  return custom_gradient({x}, quotients, rule)[0];
}

}  // namespace

Tensor reduce_logsumexp(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_floats("reduce_logsumexp", x);
  const std::vector<int64_t> list = ops::resolve_axes("reduce_logsumexp", value, axes, x.place());
  if (value.is_poison()) return value;
  const auto forward = [&](const Tensors& in) -> Tensors {
    return {log_sum_exp(in[0], axes, flags)};
  };
  const auto backward = [axes, options = ops::ReduceOptions{list, flags.keep_dims}](
                            const Tensors& in, const Tensors&, const Tensors& grads) -> Tensors {
    return {ops::flow_times(ops::with_reduced_axes(grads[0], in[0], options), shares(in[0], axes))};
  };
  return custom_gradient({value}, forward, backward)[0];
}

}  // namespace reckon
