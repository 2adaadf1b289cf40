// SPDX-License-Identifier: Apache-2.0
// reduce_logsumexp = max + log(sum(exp(x - max))): exp of a number <= 0 cannot overflow.
// Its gradient, by way of the parts, is the softmax.
#include <reckon/math_ops.h>

#include <reckon/graph.h>
#include "graph/trace.h"
#include "ops/gradient_support.h"
#include "ops/reduction.h"

namespace reckon {

Tensor reduce_logsumexp(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_floats("reduce_logsumexp", x);
  ops::resolve_axes("reduce_logsumexp", value, axes, x.place());
  if (value.is_poison()) return value;
  const Tensor largest = reduce_max(value, axes, {.keep_dims = true});
  // An infinite shift would make NaN of infinity - infinity.
  const Tensor shift = stop_gradient(where(is_finite(largest), largest, 0));
  const Tensor log_sum = log(reduce_sum(exp(value - shift), axes, flags));
  return log_sum + (flags.keep_dims ? shift : ops::reshape_like(shift, log_sum));
}

}  // namespace reckon
