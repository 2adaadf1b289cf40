// SPDX-License-Identifier: Apache-2.0
// Products. The gradient multiplies the other elements, so that zeros are no special case.
#include <reckon/math_ops.h>

#include <algorithm>

#include "base/check.h"
#include "ops/reduction.h"

namespace reckon::ops {
namespace {

/// Where the elements of a strided block lie, in row-major order of the chosen axes.
std::vector<int64_t> offsets(const Shape& shape, const std::vector<int64_t>& axes) {
  std::vector<int64_t> result = {0};
  for (int64_t axis : axes) {
    int64_t stride = 1;
    for (int inner = static_cast<int>(axis) + 1; inner < shape.rank(); ++inner)
      stride *= shape[inner];
    std::vector<int64_t> longer;
    for (int64_t offset : result) {
      for (int64_t i = 0; i < shape[static_cast<int>(axis)]; ++i)
        longer.push_back(offset + i * stride);
    }
    result = std::move(longer);
  }
  return result;
}

std::vector<int64_t> other_axes(const std::vector<int64_t>& axes, int rank) {
  std::vector<int64_t> others;
  for (int64_t axis = 0; axis < rank; ++axis) {
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) others.push_back(axis);
  }
  return others;
}

struct OtherProducts {
  std::vector<int64_t> blocks;   ///< where each product starts
  std::vector<int64_t> members;  ///< its elements, from there
  bool is_outer_reduced = false;
  int64_t outer_bound = 1;

  /// out[i] = the product of all elements of i's block but i: those before it, then those after it.
  template <class T>
  void run(const T* x, T* out, int64_t outer) const {
    // The outermost extent may be smaller than planned; it varies slowest in either list.
    const auto part = [&](size_t size, bool is_outer) {
      return is_outer && outer_bound > 0 ? static_cast<int64_t>(size) / outer_bound * outer
                                         : static_cast<int64_t>(size);
    };
    const int64_t block_count = part(blocks.size(), !is_outer_reduced);
    const int64_t member_count = part(members.size(), is_outer_reduced);
    for (int64_t block = 0; block < block_count; ++block) {
      T before = 1, after = 1;
      for (int64_t i = 0; i < member_count; ++i) {
        const int64_t at = blocks[block] + members[i];
        out[at] = before;
        before *= x[at];
      }
      for (int64_t i = member_count; i-- > 0;) {
        const int64_t at = blocks[block] + members[i];
        out[at] *= after;
        after *= x[at];
      }
    }
  }
};

Kernel other_products_kernel(const ReduceOptions& options, const KernelSpec& spec) {
  for (int axis = 1; axis < spec.inputs[0].shape.rank(); ++axis) {
    base::require(!graph::is_extent(spec.inputs[0].shape[axis]), "reduce_prod", "dimension ", axis,
                  " of x has a size that only the data knows; only the outermost may: transpose or "
                  "flatten first");
  }
  const Shape shape = spec.bound(spec.inputs[0].shape);
  OtherProducts plan{offsets(shape, other_axes(options.axes, shape.rank())),
                     offsets(shape, options.axes), !options.axes.empty() && options.axes[0] == 0,
                     shape.rank() > 0 ? shape[0] : 1};
  return {[plan = std::move(plan)](const KernelCall& call) -> kernels::Fault {
    const int64_t outer = call.inputs[0].rank > 0 ? call.inputs[0].dims[0] : 1;
    if (call.inputs[0].dtype == kFloat32)
      plan.run(call.in<float>(0), call.out<float>(0), outer);
    else
      plan.run(call.in<double>(0), call.out<double>(0), outer);
    return {};
  }};
}

Tensor product_of_others(const Tensor& x, const std::vector<int64_t>& axes);

/// For each element the product of the other elements along `axes`.
const DefinedOp<ReduceOptions> product_of_others_op = define<ReduceOptions>({
    .name = "ProductOfOthers",
    .inputs = {{"x", kFloating}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = rule<ReduceOptions>(infer_same_as_first),
    // Exact where no element is 0; a second derivative at a zero is NaN.
    .gradient = [](const ReduceOptions& options, const Backward& b) -> Tensors {
      const Tensor terms = b.grad() * b.output();
      return {(reduce_sum(terms, options.axes, {.keep_dims = true}) - terms) / b.input(0)};
    },
    .kernel = other_products_kernel,
});

Tensor product_of_others(const Tensor& x, const std::vector<int64_t>& axes) {
  return product_of_others_op({x}, {.axes = axes, .keep_dims = true});
}

const DefinedOp<ReduceOptions> reduce_prod_op = define<ReduceOptions>({
    .name = "ReduceProd",
    .inputs = {{"x", kNumeric}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = infer_reduction,
    .gradient = [](const ReduceOptions& options, const Backward& b) -> Tensors {
      return {with_reduced_axes(b.grad(), b.input(0), options) *
              product_of_others(b.input(0), options.axes)};
    },
    .reduce = kernels::ReduceKind::kProd,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor reduce_prod(Operand x, const Axes& axes, ReduceFlags flags) {
  return ops::reduce(ops::reduce_prod_op, x, axes, flags);
}

}  // namespace reckon
