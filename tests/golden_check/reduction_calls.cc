// SPDX-License-Identifier: Apache-2.0
// Reductions, and the positions of extremes.
#include <reckon/math.h>
#include <reckon/reduce.h>

#include "calls.h"

namespace reckon::golden {
namespace {

using Reduction = Tensor (*)(Operand, const Axes&, ReduceFlags);

Call reduction(Reduction f) {
  return [f](const Arguments& a) -> Tensors {
    return {f(a[0], a.axes(), {.keep_dims = a.flag("keepdims")})};
  };
}

Call position(Tensor (*f)(Operand, Integer, DType)) {
  return [f](const Arguments& a) -> Tensors {
    return {f(a[0], static_cast<int>(a.integer("axis", 0)), a.dtype("output_type", kInt64))};
  };
}

}  // namespace

void add_reduction_calls(CallTable& table) {
  const std::pair<const char*, Reduction> functions[] = {
      {"reduce_sum", reduce_sum},
      {"reduce_mean", reduce_mean},
      {"reduce_prod", reduce_prod},
      {"reduce_max", reduce_max},
      {"reduce_min", reduce_min},
      {"reduce_any", reduce_any},
      {"reduce_all", reduce_all},
      {"reduce_logsumexp", reduce_logsumexp},
      {"reduce_variance", reduce_variance},
      {"reduce_std", reduce_std},
      {"reduce_euclidean_norm", reduce_euclidean_norm},
      {"count_nonzero", count_nonzero},
  };
  for (const auto& [name, function] : functions) table[name] = reduction(function);
  table["argmax"] = position(argmax);
  table["argmin"] = position(argmin);
}

}  // namespace reckon::golden
