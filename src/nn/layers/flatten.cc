// SPDX-License-Identifier: Apache-2.0
// Flatten as a layer.
#include <reckon/layers.h>
#include <reckon/shape_ops.h>
#include "ops/at_place.h"

namespace reckon::layers {

Tensor flatten(Operand x) {
  return ops::at_place(x.place(), [&] { return reckon::flatten(x.resolve()); });
}

}  // namespace reckon::layers
