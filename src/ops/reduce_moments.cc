// SPDX-License-Identifier: Apache-2.0
// Variance, standard deviation and Euclidean norm, as compositions.
#include <reckon/math_ops.h>

#include "graph/trace.h"
#include "ops/reduction.h"

namespace reckon {

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
  ops::resolve_axes("reduce_std", value, axes, x.place());
  return sqrt(reduce_variance(value, axes, flags));
}

Tensor reduce_euclidean_norm(Operand x, const Axes& axes, ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_floats("reduce_euclidean_norm", x);
  ops::resolve_axes("reduce_euclidean_norm", value, axes, x.place());
  return sqrt(reduce_sum(square(value), axes, flags));
}

}  // namespace reckon
