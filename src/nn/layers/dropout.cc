// SPDX-License-Identifier: Apache-2.0
// Dropout as a layer: noise while training, nothing otherwise.
#include <reckon/layers.h>
#include <reckon/nn.h>
#include "nn/layers/training_flag.h"
#include "ops/at_place.h"

namespace reckon::layers {

Tensor dropout(Operand x, DropoutOptions options) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve();
    if (value.is_poison()) return value;
    return nn::choose_by_training(
        options.training,
        [&] { return nn::dropout(value, {.rate = options.rate, .seed = options.seed}); },
        [&] { return value; });
  });
}

}  // namespace reckon::layers
