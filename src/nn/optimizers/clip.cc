// SPDX-License-Identifier: Apache-2.0
// The norm of many tensors, and scaling them by it. Gradients of rows count and are scaled row by
// row: the dense table is never made, and repeated rows count one by one, as in TensorFlow.
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include "base/check.h"
#include "ops/at_place.h"
#include "ops/rows/gather.h"

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

/// Over all of them, float32[]; the labels of predict mode if one is.
Tensor sum_of_all_squares(const Tensors& tensors) {
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
  return add_n(sums);
}

/// min(1, limit / sqrt(squares)), NaN if that norm is infinite: then nothing else could be trusted.
Tensor clipping_scale(const Tensor& squares, const Tensor& limit) {
  // Where all gradients are 0 nothing is scaled, and the slopes of sqrt and 1 / norm, which are
  // infinite there, must not be met: 0 times them is NaN.
  const Tensor is_zero = equal(squares, 0);
  const Tensor norm = sqrt(where(is_zero, 1, squares));
  const Tensor scale = limit * (1 / maximum(norm, limit)) + (norm - norm);
  return where(is_zero, limit * (1 / limit), scale);
}

}  // namespace

Tensor global_norm(const Tensors& tensors) {
  const Tensor squares = sum_of_all_squares(tensors);
  return squares.is_poison() ? squares : sqrt(squares);
}

std::pair<Tensors, Tensor> clip_by_global_norm(const Tensors& gradients, Operand clip_norm) {
  return ops::at_place(clip_norm.place(), [&]() -> std::pair<Tensors, Tensor> {
    const Tensor squares = sum_of_all_squares(gradients);
    if (squares.is_poison()) return {gradients, squares};
    const Tensor scale = clipping_scale(squares, clip_norm.resolve(kFloat32));
    Tensors clipped;
    for (const Tensor& gradient : gradients) {
      if (!gradient.valid()) {
        clipped.push_back(gradient);
        continue;
      }
      clipped.push_back(map_gradient(
          gradient, [&](const Tensor& part) { return part * cast(scale, part.dtype()); }));
    }
    return {clipped, sqrt(squares)};
  });
}

}  // namespace reckon
