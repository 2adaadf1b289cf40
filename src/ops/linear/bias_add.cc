// SPDX-License-Identifier: Apache-2.0
// The small compositions of networks: bias_add, x w + b, and half the squared norm.
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include "ops/at_place.h"
#include "ops/axis.h"

namespace reckon::nn {

Tensor bias_add(Operand x, Operand bias, BiasAddOptions options) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve(), offset = bias.resolve(value.dtype());
    if (value.is_poison() || offset.is_poison()) return value + offset;
    base::require(value.rank() >= 2 && offset.rank() == 1, "bias_add", "x is ", value.text(),
                  ", bias is ", offset.text(),
                  "; x needs two dimensions or more, bias one: use add for other shapes");
    const int axis = ops::normal_axis("bias_add", options.axis, {value.dtype(), value.shape()});
    base::require(ops::may_be_equal(value.shape()[axis], offset.shape()[0]), "bias_add", "x is ",
                  value.text(), ", bias is ", offset.text(),
                  "; bias needs one element for each of axis ", options.axis);
    if (axis == value.rank() - 1) return value + offset;
    Shape shape = value.shape();
    for (int i = 0; i < shape.rank(); ++i) shape.set(i, i == axis ? -1 : 1);
    return value + reshape(offset, shape);
  });
}

Tensor xw_plus_b(Operand x, Operand weights, Operand bias) {
  return ops::at_place(x.place(), [&] { return bias_add(matmul(x, weights), bias); });
}

Tensor relu_layer(Operand x, Operand weights, Operand bias) {
  return ops::at_place(x.place(), [&] { return relu(xw_plus_b(x, weights, bias)); });
}

Tensor l2_loss(Operand x) {
  return ops::at_place(x.place(), [&] { return reduce_sum(square(x)) * 0.5; });
}

}  // namespace reckon::nn
