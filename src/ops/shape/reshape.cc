// SPDX-License-Identifier: Apache-2.0
// Reshape and MergeDims: the same elements under another shape. Views: a plan lets them share
// memory.
#include "ops/shape/reshape.h"

#include <algorithm>

#include <reckon/shape_ops.h>
#include "graph/trace.h"
#include "ops/axis.h"
#include "ops/gradient_support.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

using graph::InferContext;

/// Index of the dimension that follows from the rest, or -1.
int inferred_axis(const Shape& shape) {
  int found = -1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] != kUnknown) continue;
    base::require(found < 0, "reshape", "dimensions ", found, " and ", axis,
                  " of the new shape are both -1; only one can follow from the rest");
    found = axis;
  }
  return found;
}

/// A shape as a number times at most one run-time extent. Zeros are left out, as TensorFlow's
/// reshape does, where a dimension is to be inferred beside a zero: [0, 3] becomes [3, 0] by [-1,
/// 0].
struct Count {
  int64_t number = 1;
  int64_t extent = 0;  ///< a dimension that is one, or 0
  bool has_zero = false;
  bool has_two_extents = false;  ///< only beside a zero: `extent` is one of them
};

bool has_zero(const Shape& shape) {
  return std::find(shape.begin(), shape.end(), 0) != shape.end();
}

Count count_of(const Shape& shape, int skip = -1) {
  Count count;
  count.has_zero = has_zero(shape);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis == skip || shape[axis] == 0) continue;
    if (graph::is_extent(shape[axis])) {
      base::require(count.extent == 0 || count.has_zero, "reshape",
                    "x has two sizes that only the data knows, ", shape, "; flatten fewer of them");
      count.has_two_extents = count.extent != 0;
      count.extent = shape[axis];
    } else {
      base::require(!__builtin_mul_overflow(count.number, shape[axis], &count.number), "reshape",
                    "the shape ", shape, " has more than 2^63 - 1 elements; give smaller extents");
    }
  }
  return count;
}

/// `count` divided by `rest`: a number, or the extent times one.
int64_t quotient(const Count& count, int64_t rest, const InferContext& context) {
  if (count.extent == 0) return count.number / rest;
  const std::vector<int64_t> factors = {count.extent, count.number / rest};
  return context.product(factors);
}

/// A view has no step that could check a size when the plan runs, so the plan must know that it
/// fits.
void require_known(bool is_known, const ReshapeOptions& options, const InferContext& context) {
  base::require(is_known, "reshape", "x is ", graph::type_text(context.inputs[0]),
                ", whose size only the data knows, the new shape is ", options.shape,
                ", expected one that fits every size; pass -1 for that dimension and keep the "
                "others' product");
}

graph::Types infer_reshape(const ReshapeOptions& options, const InferContext& context) {
  const Shape& x = context.shape(0);
  Shape shape = options.shape;
  const int inferred = inferred_axis(shape);
  for (int64_t dim : x) {
    if (dim == kUnknown) return {{context.dtype(0), shape}};  // a plan knows more
  }
  const bool are_both_empty = inferred < 0 && has_zero(x) && has_zero(shape);
  if (are_both_empty) return {{context.dtype(0), shape}};
  const Count have = count_of(x), want = count_of(shape, inferred);
  const auto mismatch = [&](bool is_fine) {
    base::require(is_fine, "reshape", "x is ", graph::type_text(context.inputs[0]),
                  ", the new shape is ", options.shape,
                  "; the number of elements must stay: change the new shape");
  };
  if (inferred < 0) {
    require_known(have.extent == want.extent, options, context);
    mismatch(have.has_zero == want.has_zero && have.number == want.number);
    return {{context.dtype(0), shape}};
  }
  mismatch(!want.has_zero || have.has_zero);
  // Nothing divides into rows of any width: there are none. Beside a zero the others decide.
  const bool is_nothing = have.has_zero && !want.has_zero;
  if (!is_nothing) {
    require_known(!have.has_two_extents && (have.extent == 0 || have.number % want.number == 0),
                  options, context);
    mismatch(have.number % want.number == 0);
  }
  shape.set(inferred, is_nothing ? 0 : quotient(have, want.number, context));
  return {{context.dtype(0), shape}};
}

}  // namespace

const DefinedOp<ReshapeOptions> reshape_op = define<ReshapeOptions>({
    .name = "Reshape",
    .inputs = {{"x", kAnything}},
    .attributes = {{"shape", &ReshapeOptions::shape}},
    .infer = infer_reshape,
    .gradient = [](const ReshapeOptions&, const Backward& b) -> Tensors {
      return {reshape_like(b.grad(), b.input(0))};
    },
    .kernel = [](const ReshapeOptions&, const KernelSpec&) { return copy_kernel(); },
    .traits = {.is_view = true},
});

namespace {

struct MergeDimsOptions {
  int64_t first = 0;  ///< not negative
  int64_t count = 0;  ///< dimensions first … first + count - 1 become one; 0 adds one of extent 1
};

graph::Types infer_merge(const MergeDimsOptions& options, const InferContext& context) {
  const Shape& x = context.shape(0);
  base::require(options.first + options.count <= x.rank(), "merge_dims", "x is ",
                graph::type_text(context.inputs[0]), ", expected ", options.first + options.count,
                " dimensions or more; reshape it first");
  Shape shape;
  for (int64_t axis = 0; axis < options.first; ++axis) shape.append(x[static_cast<int>(axis)]);
  const auto count = static_cast<size_t>(options.count);
  shape.append(context.product({x.begin() + options.first, count}));
  for (int64_t axis = options.first + options.count; axis < x.rank(); ++axis)
    shape.append(x[static_cast<int>(axis)]);
  return {{context.dtype(0), shape}};
}

const DefinedOp<MergeDimsOptions> merge_dims_op = define<MergeDimsOptions>({
    .name = "MergeDims",
    .inputs = {{"x", kAnything}},
    .attributes = {{"first", &MergeDimsOptions::first}, {"count", &MergeDimsOptions::count}},
    .infer = infer_merge,
    .gradient = [](const MergeDimsOptions&, const Backward& b) -> Tensors {
      return {reshape_like(b.grad(), b.input(0))};
    },
    .kernel = [](const MergeDimsOptions&, const KernelSpec&) { return copy_kernel(); },
    .traits = {.is_view = true},
});

}  // namespace

Tensor merge_dims(const Tensor& x, int first, int count) {
  return merge_dims_op({x}, {first, count});
}

}  // namespace reckon::ops

namespace reckon {

Tensor reshape(Operand x, const Shape& shape) {
  for (int64_t extent : shape) {
    if (extent >= kUnknown) continue;
    throw Error(ErrorCode::kInvalidArgument, "reshape",
                base::concat_text("the new shape has the extent ", extent,
                                  ", expected a number or -1; pass -1 for ",
                                  "the one dimension that follows from the rest"),
                graph::user_place(x.place()));
  }
  return ops::reshape_op({x}, {shape});
}

Tensor flatten(Operand x) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  if (value.is_poison()) return value;
  return ops::merge_dims(value, 1, std::max(0, value.rank() - 1));
}

}  // namespace reckon
