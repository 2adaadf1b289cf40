// SPDX-License-Identifier: Apache-2.0
#include "ops/strided_kernel.h"

#include <cstring>

namespace reckon::ops {

Kernel strided_kernel(const KernelSpec& spec, CopyPlan plan) {
  const Shape& in = spec.inputs[0].shape;
  const Shape& out = spec.outputs[0].shape;
  if (in.is_static() && out.is_static()) {
    return {
        [copy = plan({in.begin(), in.end()}, {out.begin(), out.end()})](const KernelCall& call) {
          copy.run(call.inputs[0].data, call.outputs[0].data);
          return kernels::Fault();
        }};
  }
  return {[plan = std::move(plan)](const KernelCall& call) {
    const View& x = call.inputs[0];
    const View& y = call.outputs[0];
    plan({x.dims, static_cast<size_t>(x.rank)}, {y.dims, static_cast<size_t>(y.rank)})
        .run(x.data, y.data);
    return kernels::Fault();
  }};
}

Kernel copy_kernel() {
  return {[](const KernelCall& call) {
    const View& x = call.inputs[0];
    if (x.data != call.outputs[0].data && x.elements > 0) {
      std::memcpy(call.outputs[0].data, x.data,
                  static_cast<size_t>(x.elements) * dtype_size(x.dtype));
    }
    return kernels::Fault();
  }};
}

void write_extent(const KernelCall& call, int64_t dim, int64_t value) {
  if (graph::is_extent(dim)) call.extents[graph::extent_index(dim)] = value;
}

}  // namespace reckon::ops
