// SPDX-License-Identifier: Apache-2.0
#include "ops/gradient_support.h"

#include <algorithm>
#include <utility>

#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "graph/function.h"
#include "graph/trace.h"
#include "ops/rows/gather.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace {

bool is_known_equal(const Shape& a, const Shape& b) { return a.is_static() && a == b; }

Array one(DType dtype) { return dtype == kBool ? Array::scalar(true) : count_array(1, dtype); }

Tensor filled(const Array& value, const Tensor& like) {
  return broadcast_like(graph::constant_node(value, like.place()), like);
}

/// The table whose rows a row gradient belongs to: it gives the shape.
Tensor table_shape(const Tensor& grad) {
  return {grad.module(), grad.function(), grad.function()->node(grad.id()).inputs.back()};
}

/// Both lists, one after the other: rows that two gradients share are added when the rows are used.
/// A node has one line: that of the first part stands for all.
Tensor joined_rows(const std::vector<RowGradient>& parts, const Tensor& like) {
  const bool has_wide_ids = std::any_of(parts.begin(), parts.end(), [](const RowGradient& part) {
    return part.ids.dtype() == kInt64;
  });
  Operands ids, rows;
  for (const RowGradient& part : parts) {
    ids.emplace_back(has_wide_ids ? cast(part.ids, kInt64) : part.ids);
    rows.emplace_back(part.rows);
  }
  return table_of({concat(ids, 0), concat(rows, 0), parts[0].place}, like);
}

}  // namespace

Tensor sum_of_gradients(const Tensors& parts) {
  std::vector<RowGradient> rows;
  for (const Tensor& part : parts) rows.push_back(row_gradient(part));
  const bool all_are_rows =
      std::all_of(rows.begin(), rows.end(), [](const RowGradient& part) { return part.valid(); });
  return all_are_rows ? joined_rows(rows, table_shape(parts[0])) : add_n(parts, parts[0].place());
}

Tensor sum_to_like(const Tensor& grad, const Tensor& like) {
  if (is_known_equal(grad.shape(), like.shape())) return grad;
  return sum_to_like_op({grad, like});
}

Tensor broadcast_like(const Tensor& x, const Tensor& like) {
  if (is_known_equal(x.shape(), like.shape())) return x;
  if (like.shape().is_static()) return broadcast_to_op({x}, {like.shape()});
  return broadcast_like_op({x, like});
}

Tensor reshape_like(const Tensor& x, const Tensor& like) {
  if (is_known_equal(x.shape(), like.shape())) return x;
  return reshape_like_op({x, like});
}

Tensor zeros_of(const Tensor& like) { return filled(Array::zeros(like.dtype(), {}), like); }

Tensor ones_of(const Tensor& like) { return filled(one(like.dtype()), like); }

Tensor extent_product(const Tensor& like, const std::vector<int64_t>& axes, DType dtype) {
  int64_t count = 1;
  for (int64_t axis : axes) {
    const int64_t extent = like.shape()[static_cast<int>(axis)];
    if (extent < 0) return extent_product_op({like}, {axes, dtype});
    // What is too large for the dtype or a number is an error of the op's shape rule.
    if (__builtin_mul_overflow(count, extent, &count) || !std::in_range<int32_t>(count))
      return extent_product_op({like}, {axes, dtype});
  }
  return graph::constant_node(count_array(count, dtype), like.place());
}

}  // namespace reckon::ops
