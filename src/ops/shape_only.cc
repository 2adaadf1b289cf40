// SPDX-License-Identifier: Apache-2.0
#include "ops/shape_only.h"

#include <algorithm>

#include "base/check.h"
#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon::ops {
namespace {

using graph::Node;

template <class Options>
Node twin(const Node& node, const graph::Op& op, Options options) {
  Node result = node;
  result.op = &op;
  result.options = graph::make_options(std::move(options));
  result.inputs.pop_back();
  return result;
}

/// True if some run-time extent of `shape` is none of `x`: a node without its last input could then
/// run before the step that writes the extent.
bool needs_like(const Shape& shape, const Shape& x) {
  return std::any_of(shape.begin(), shape.end(), [&x](int64_t dim) {
    return graph::is_extent(dim) && std::find(x.begin(), x.end(), dim) == x.end();
  });
}

/// One ReduceSum where its result has the wanted shape, else SumTo.
Node sum_form(const Node& node, const Shape& from, const Shape& to) {
  const std::vector<int64_t> axes = summed_axes(from, to);
  if (from == to) return twin(node, broadcast_to_op.def(), ShapeOptions{to});
  const auto added = static_cast<size_t>(from.rank() - to.rank());
  const OpDef* reduce_sum = find_op("ReduceSum");
  RECKON_CHECK(reduce_sum != nullptr);
  if (added == axes.size()) return twin(node, *reduce_sum, ReduceOptions{axes, false});
  if (added == 0) return twin(node, *reduce_sum, ReduceOptions{axes, true});
  return twin(node, sum_to_op.def(), ShapeOptions{to});
}

Node count_form(const Node& node, const Shape& like) {
  const auto& options = node.as<ExtentProductOptions>();
  Shape counted;
  for (int64_t axis : options.axes) {
    if (graph::is_extent(like[axis])) return node;
    counted.append(like[axis]);
  }
  const int64_t count = counted.num_elements();
  return twin(node, graph::constant_op, graph::ConstantOptions{count_array(count, options.dtype)});
}

}  // namespace

Node static_form(const Node& node, const graph::Function& function) {
  const Shape& like = function.type(node.inputs.back()).shape;
  if (extent_product_op.made(node)) return count_form(node, like);
  const Shape& x = function.type(node.inputs[0]).shape;
  if (needs_like(like, x)) return node;
  if (broadcast_like_op.made(node)) return twin(node, broadcast_to_op.def(), ShapeOptions{like});
  if (reshape_like_op.made(node)) return twin(node, reshape_to_op.def(), ShapeOptions{like});
  if (sum_to_like_op.made(node)) return sum_form(node, x, like);
  return node;
}

}  // namespace reckon::ops
