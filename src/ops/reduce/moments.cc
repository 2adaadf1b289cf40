// SPDX-License-Identifier: Apache-2.0
// Mean and variance, and normalisation by given ones: compositions that fuse into the loops around
// them.
#include <reckon/nn.h>
#include "ops/at_place.h"

namespace reckon::nn {

Moments moments(Operand x, const Axes& axes, ReduceFlags flags) {
  return ops::at_place(x.place(), [&]() -> Moments {
    const Tensor value = x.resolve();
    const Tensor mean = reduce_mean(value, axes, {.keep_dims = true});
    // Through the mean flows 0, but its slope is not 0: second gradients need it.
    const Tensor variance = reduce_mean(squared_difference(value, mean), axes, flags);
    return {flags.keep_dims ? mean : reduce_mean(value, axes, flags), variance};
  });
}

Tensor batch_normalization(Operand x, Operand mean, Operand variance,
                           const std::optional<Operand>& offset,
                           const std::optional<Operand>& scale, Real epsilon) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve(), center = mean.resolve(value.dtype());
    Tensor factor = rsqrt(variance.resolve(value.dtype()) + static_cast<double>(epsilon));
    if (scale) factor = factor * *scale;
    const Tensor scaled = value * factor;
    return offset ? scaled + (*offset - center * factor) : scaled - center * factor;
  });
}

}  // namespace reckon::nn
