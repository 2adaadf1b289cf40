// SPDX-License-Identifier: Apache-2.0
#include "ops/reduce/reduction.h"

#include <algorithm>

#include <fmt/format.h>

#include "graph/trace.h"
#include "ops/gradient_support.h"

namespace reckon::ops {

std::vector<int64_t> resolve_axes(const char* where, const Tensor& x, const Axes& axes,
                                  Place place) {
  if (x.is_poison()) return {};
  std::vector<int64_t> list;
  for (int64_t axis = 0; axes.is_all() && axis < x.rank(); ++axis) list.push_back(axis);
  for (int64_t axis : axes.list()) {
    const int64_t resolved = axis < 0 ? axis + x.rank() : axis;
    const bool is_double = std::find(list.begin(), list.end(), resolved) != list.end();
    if (resolved < 0 || resolved >= x.rank() || is_double) {
      throw Error(
          ErrorCode::kInvalidArgument, where,
          is_double
              ? fmt::format("axis {} of x, {}, is listed twice; list each axis once", axis,
                            x.text())
              : fmt::format(
                    "there is no axis {} in x, {}; axes of it are in [{}, {}): pass one of these",
                    axis, x.text(), -x.rank(), x.rank()),
          graph::user_place(place));
    }
    list.push_back(resolved);
  }
  std::sort(list.begin(), list.end());
  return list;
}

Tensor reduce(const DefinedOp<ReduceOptions>& op, const Operand& x, const Axes& axes,
              ReduceFlags flags) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  const std::vector<int64_t> list = resolve_axes(op.def().where.c_str(), value, axes, x.place());
  const Tensor reduced = op({value}, {list, flags.keep_dims});
  // Over no axis every reduction gives its input; the node has only checked the dtype.
  return list.empty() ? value : reduced;
}

Tensor resolve_floats(const char* where, const Operand& x) {
  const Tensor value = x.resolve();
  if (value.is_poison() || kFloating.contains(value.dtype())) return value;
  throw Error(ErrorCode::kInvalidArgument, where,
              fmt::format("x is {}, expected {}; {}", value.text(), kFloating.text(),
                          dtype_mend("x", value.dtype(), kFloating)),
              graph::user_place(x.place()));
}

graph::Types infer_reduction(const ReduceOptions& options, const graph::InferContext& context) {
  const Shape& input = context.shape(0);
  Shape shape;
  for (int axis = 0; axis < input.rank(); ++axis) {
    if (!std::binary_search(options.axes.begin(), options.axes.end(), axis)) {
      shape.append(input[axis]);
    } else if (options.keep_dims) {
      shape.append(1);
    }
  }
  return {{context.dtype(0), shape}};
}

Tensor with_reduced_axes(const Tensor& reduced, const Tensor& x, const ReduceOptions& options) {
  if (options.keep_dims || options.axes.empty()) return reduced;
  // Only the shape of this reduction is used: a plan never computes it.
  return reshape_like(reduced, reduce_sum(x, options.axes, {.keep_dims = true}));
}

}  // namespace reckon::ops
