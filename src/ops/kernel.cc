// SPDX-License-Identifier: Apache-2.0
#include "ops/kernel.h"

#include <algorithm>

#include <fmt/format.h>

namespace reckon::ops {
namespace {

kernels::Fault sizes_differ(int64_t a, int axis, int64_t b, int other_axis) {
  return kernels::Fault(
      fmt::format("sizes that only the data knows differ in this batch: {} along axis {}, {} along "
                  "axis {} of the other operand; select both by one mask",
                  a, axis, b, other_axis));
}

}  // namespace

kernels::Fault check_equal_dims(const View& a, int a_axis, const View& b, int b_axis, int count) {
  for (int i = 0; i < count; ++i) {
    const int64_t left = a.dims[a_axis + i], right = b.dims[b_axis + i];
    if (left != right) return sizes_differ(left, a_axis + i, right, b_axis + i);
  }
  return {};
}

kernels::Fault check_broadcast_dims(const View& a, const View& b, const View& out, int own) {
  for (int back = own + 1; back <= std::min(a.rank, b.rank); ++back) {
    const int a_axis = a.rank - back, b_axis = b.rank - back;
    const int64_t left = a.dims[a_axis], right = b.dims[b_axis];
    // A size of 1 that only the data knew was no reason to plan for a broadcast.
    const int64_t planned = out.dims[out.rank - back];
    const bool fits =
        left == right || (left == 1 && right == planned) || (right == 1 && left == planned);
    if (!fits) return sizes_differ(left, a_axis, right, b_axis);
  }
  return {};
}

}  // namespace reckon::ops
