// SPDX-License-Identifier: Apache-2.0
// The norm of many tensors, and scaling them by it. Gradients of rows count and are scaled row by
// row: the dense table is never made, and repeated rows count one by one, as in TensorFlow.
#include <reckon/math_ops.h>
#include <reckon/optimizers.h>
#include "base/check.h"
#include "ops/at_place.h"
#include "ops/gather.h"

namespace reckon {
namespace {

/// `change` on the rows of a gradient of rows, else on all of it.
Tensor map_gradient(const Tensor& gradient, const std::function<Tensor(const Tensor&)>& change) {
  const ops::RowGradient rows = ops::row_gradient(gradient);
  if (!rows.valid()) return change(gradient);
  // The node's last input is the table, of which only the shape is read.
  const Tensor table(gradient.module(), gradient.function(),
                     gradient.function()->node(gradient.id()).inputs.back());
  return ops::table_of({rows.ids, change(rows.rows), rows.place}, table);
}

Tensor sum_of_squares(const Tensor& tensor) {
  const ops::RowGradient rows = ops::row_gradient(tensor);
  return reduce_sum(square(rows.valid() ? rows.rows : tensor));
}

}  // namespace

Tensor global_norm(const Tensors& tensors) {
  Tensors sums;
  for (const Tensor& tensor : tensors) {
    if (!tensor.valid()) continue;
    if (tensor.is_poison()) return tensor;
    base::require(is_floating(tensor.dtype()), "global_norm", "a tensor is ", tensor.text(),
                  ", expected float32 or float64; leave it out or cast it");
    // Tensors of two dtypes meet in float32, the norm's dtype.
    sums.push_back(cast(sum_of_squares(tensor), kFloat32));
  }
  base::require(!sums.empty(), "global_norm",
                "came without tensors, expected one or more; pass the gradients (", tensors.size(),
                " came, none of them valid)");
  return sqrt(add_n(sums));
}

std::pair<Tensors, Tensor> clip_by_global_norm(const Tensors& gradients, Operand clip_norm) {
  return ops::at_place(clip_norm.place(), [&]() -> std::pair<Tensors, Tensor> {
    const Tensor norm = global_norm(gradients);
    if (norm.is_poison()) return {gradients, norm};
    const Tensor limit = clip_norm.resolve(kFloat32);
    // norm - norm is 0, or NaN if the norm is infinite: then nothing else could be trusted.
    const Tensor scale = limit * minimum(1 / norm, 1 / limit) + (norm - norm);
    Tensors clipped;
    for (const Tensor& gradient : gradients) {
      if (!gradient.valid()) {
        clipped.push_back(gradient);
        continue;
      }
      clipped.push_back(map_gradient(
          gradient, [&](const Tensor& part) { return part * cast(scale, part.dtype()); }));
    }
    return {clipped, norm};
  });
}

}  // namespace reckon
