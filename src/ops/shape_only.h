// SPDX-License-Identifier: Apache-2.0
// Ops that read only the shape of their last input, and what they become once shapes are numbers.
// With them a graph of unknown batch size has gradients. In a plan the last input is left only
// where it alone has a size that only the data know.
#pragma once

#include "graph/function.h"
#include "ops/define.h"

namespace reckon::ops {

struct ShapeOptions {
  Shape shape;
};

/// x repeated to `shape`: an element-wise identity whose loop broadcasts its input.
extern const DefinedOp<ShapeOptions> broadcast_to_op;
/// x with its elements in `shape`, which may hold run-time extents. Made by plans only.
extern const DefinedOp<ShapeOptions> reshape_to_op;
/// x summed over the dimensions that a broadcast from `shape` to x added or stretched. Made by
/// plans only.
extern const DefinedOp<ShapeOptions> sum_to_op;
/// (x, like): x repeated to the shape of like.
extern const DefinedOp<graph::NoOptions> broadcast_like_op;
/// (x, like): x with its elements in the shape of like.
extern const DefinedOp<graph::NoOptions> reshape_like_op;
/// (grad, like): grad summed to the shape of like.
extern const DefinedOp<graph::NoOptions> sum_to_like_op;

struct ExtentProductOptions {
  std::vector<int64_t> axes;
  DType dtype = kFloat32;
};
/// (like): the number of elements along `axes`, a scalar of `dtype`.
extern const DefinedOp<ExtentProductOptions> extent_product_op;

/// The axes of `from` over which a gradient is summed to get the shape `to`.
std::vector<int64_t> summed_axes(const Shape& from, const Shape& to);
Array count_array(int64_t count, DType dtype);

/// True for the op whose loop only broadcasts its input.
bool is_broadcast(const OpDef& def);

/// The node of a shape-only op, with planned shapes, as one without its last input.
/// It stays as it is where its size is one that only the data knows and no other input has.
graph::Node static_form(const graph::Node& node, const graph::Function& function);

}  // namespace reckon::ops
