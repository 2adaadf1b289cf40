// SPDX-License-Identifier: Apache-2.0
// Axes as users write them, negative ones counted from the end, and products of dimensions.
#pragma once

#include <cstdint>

#include "base/check.h"
#include "graph/op.h"

namespace reckon::ops {

/// `axis` of `rank` dimensions as a number in [0, rank).
///   throws  Error, kInvalidArgument, naming `where` and the type that has no such axis
inline int normal_axis(const char* where, int64_t axis, int rank, const graph::TensorType& type) {
  base::require(axis >= -rank && axis < rank, where, "axis is ", axis, " but x is ",
                graph::type_text(type), "; pass an axis in [", -rank, ", ", rank, ")");
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}
inline int normal_axis(const char* where, int64_t axis, const graph::TensorType& type) {
  return normal_axis(where, axis, type.shape.rank(), type);
}

/// The product of dims[first … last - 1]: numbers, as a View has them.
inline int64_t count_elements(const int64_t* dims, int first, int last) {
  int64_t count = 1;
  for (int axis = first; axis < last; ++axis) count *= dims[axis];
  return count;
}

/// True if two dimensions may turn out equal: unknown ones and run-time extents are not told apart
/// yet.
inline bool may_be_equal(int64_t a, int64_t b) { return a < 0 || b < 0 || a == b; }
inline bool may_be_equal(const Shape& a, const Shape& b) {
  bool is_equal = a.rank() == b.rank();
  for (int axis = 0; is_equal && axis < a.rank(); ++axis) is_equal = may_be_equal(a[axis], b[axis]);
  return is_equal;
}

}  // namespace reckon::ops
