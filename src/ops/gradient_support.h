// SPDX-License-Identifier: Apache-2.0
// What gradients need of ops besides the public functions: sums of gradients, undoing a broadcast,
// and values of another tensor's shape, whose size may be unknown while tracing.
#pragma once

#include <vector>

#include <reckon/tensor.h>

namespace reckon::ops {

/// The sum of all; gradients of rows (gather) stay rows as long as every part is one.
Tensor sum_of_gradients(const Tensors& parts);
/// `grad` summed over the dimensions that broadcasting `like` to it added or stretched; `grad`
/// itself if the shapes are known to be equal.
Tensor sum_to_like(const Tensor& grad, const Tensor& like);
/// `x` broadcast to the shape of `like`.
Tensor broadcast_like(const Tensor& x, const Tensor& like);
/// `x` reshaped to the shape of `like`.
Tensor reshape_like(const Tensor& x, const Tensor& like);
Tensor zeros_of(const Tensor& like);
Tensor ones_of(const Tensor& like);
/// The product of the extents of `axes` of `like`, as a scalar of `dtype`.
Tensor extent_product(const Tensor& like, const std::vector<int64_t>& axes, DType dtype);

/// The gradient of a gather, if `grad` is one: the rows `rows` belong to row numbers `ids` of a
/// table; the dense table of gradients is never made unless something else asks for it.
struct RowGradient {
  Tensor ids;        ///< int32 or int64 [n]
  Tensor rows;       ///< [n, ...]
  Place place = {};  ///< the line that took the rows
  bool valid() const { return ids.valid(); }
};
RowGradient row_gradient(const Tensor& grad);

}  // namespace reckon::ops
