// SPDX-License-Identifier: Apache-2.0
// Ops whose kernels work on rows, applied along another axis: transposed there and back.
#pragma once

#include <numeric>

#include <reckon/shape_ops.h>
#include "ops/axis.h"

namespace reckon::ops {

/// function(x) with `axis` of x as the last one; both changes places with it again in the result.
template <class F>
Tensor along_axis(const char* where, const Tensor& x, int64_t axis, const F& function) {
  if (x.is_poison()) return x;
  const int at = normal_axis(where, axis, {x.dtype(), x.shape()});
  if (at == x.rank() - 1) return function(x);
  std::vector<int> swapped(x.rank());
  std::iota(swapped.begin(), swapped.end(), 0);
  std::swap(swapped[at], swapped.back());
  return transpose(function(transpose(x, swapped)), swapped);
}

/// x with `axis` moved behind the others, which keep their order.
inline Tensor with_axis_last(const char* where, const Tensor& x, int64_t axis) {
  const int at = normal_axis(where, axis, {x.dtype(), x.shape()});
  if (at == x.rank() - 1) return x;
  std::vector<int> order(x.rank());
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + at);
  order.push_back(at);
  return transpose(x, order);
}

}  // namespace reckon::ops
