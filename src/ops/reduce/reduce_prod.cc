// SPDX-License-Identifier: Apache-2.0
// Products. The gradient multiplies the other elements, so that zeros are no special case, nor in
// its own derivatives.
#include <reckon/math.h>
#include <reckon/reduce.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "ops/gradient_flow.h"
#include "ops/reduce/reduction.h"

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

/// How often the product of the others can be differentiated.
constexpr size_t kMaxTangents = 5;

/// A running product of x[i] + the tangents' elements, each tangent taken once, as dual numbers
/// have it: one coefficient for each set of tangents (the index has their bits).
template <class T, size_t kTangents>
struct DualProduct {
  static constexpr size_t kSets = size_t{1} << kTangents;
  using Inputs = std::array<const T*, kTangents + 1>;  ///< x, then the tangents
  std::array<T, kSets> of_set = {1};

  /// A tangent's 0 changes nothing, whatever it meets.
  void multiply(const Inputs& in, int64_t at) {
    for (size_t set = kSets; set-- > 0;) {
      T product = set != 0 && of_set[set] == 0 ? 0 : of_set[set] * in[0][at];
      for (size_t s = 0; s < kTangents; ++s) {
        const T change = in[s + 1][at];
        if ((set >> s & 1) != 0 && change != 0) product += of_set[set ^ size_t{1} << s] * change;
      }
      of_set[set] = product;
    }
  }
  /// The coefficient of all tangents in this times the product that `others` has coefficients of.
  T times(const T* others) const {
    T sum = kTangents == 0 || others[kSets - 1] != 0 ? others[kSets - 1] * of_set[0] : 0;
    for (size_t set = 1; set < kSets; ++set) {
      const size_t rest = kSets - 1 - set;
      if (of_set[set] != 0 && (rest == 0 || others[rest] != 0)) sum += others[rest] * of_set[set];
    }
    return sum;
  }
};

struct OtherProducts {
  std::vector<int64_t> blocks;   ///< where each product starts
  std::vector<int64_t> members;  ///< its elements, from there
  bool is_outer_reduced = false;
  int64_t outer_bound = 1;

  /// out[i] = the product of all elements of i's block but i: those before it, then those after it.
  template <class T, size_t kTangents>
  void run(const KernelCall& call) const {
    using Product = DualProduct<T, kTangents>;
    typename Product::Inputs in;
    for (size_t i = 0; i < in.size(); ++i) in[i] = call.in<T>(static_cast<int>(i));
    T* out = call.out<T>(0);
    // Of a product without tangents the output has room.
    const auto before_of = [&](int64_t member, int64_t at) {
      return kTangents == 0
                 ? out + at
                 : static_cast<T*>(call.scratch) + static_cast<size_t>(member) * Product::kSets;
    };
    const auto [block_count, member_count] = counts(call);
    for (int64_t block = 0; block < block_count; ++block) {
      Product before, after;
      for (int64_t i = 0; i < member_count; ++i) {
        const int64_t at = blocks[block] + members[i];
        std::copy_n(before.of_set.begin(), Product::kSets, before_of(i, at));
        before.multiply(in, at);
      }
      for (int64_t i = member_count; i-- > 0;) {
        const int64_t at = blocks[block] + members[i];
        out[at] = after.times(before_of(i, at));
        after.multiply(in, at);
      }
    }
  }

 private:
  /// Of blocks and their members: the outermost extent may be smaller than planned; it varies
  /// slowest in either list.
  std::pair<int64_t, int64_t> counts(const KernelCall& call) const {
    const int64_t outer = call.inputs[0].rank > 0 ? call.inputs[0].dims[0] : 1;
    const auto part = [&](size_t size, bool is_outer) {
      return is_outer && outer_bound > 0 ? static_cast<int64_t>(size) / outer_bound * outer
                                         : static_cast<int64_t>(size);
    };
    return {part(blocks.size(), !is_outer_reduced), part(members.size(), is_outer_reduced)};
  }
};

/// The instance for that many tangents.
template <class T, size_t kTangents = 0>
void run_other_products(const OtherProducts& plan, size_t tangents, const KernelCall& call) {
  if (tangents == kTangents) return plan.run<T, kTangents>(call);
  if constexpr (kTangents < kMaxTangents)
    run_other_products<T, kTangents + 1>(plan, tangents, call);
}

Kernel other_products_kernel(const ReduceOptions& options, const KernelSpec& spec) {
  for (int axis = 1; axis < spec.inputs[0].shape.rank(); ++axis) {
    base::require(!graph::is_extent(spec.inputs[0].shape[axis]), "reduce_prod", "dimension ", axis,
                  " of x has a size that only the data knows; only the outermost may: transpose or "
                  "flatten first");
  }
  const Shape shape = spec.bound(spec.inputs[0].shape);
  OtherProducts plan{.blocks = offsets(shape, other_axes(options.axes, shape.rank())),
                     .members = offsets(shape, options.axes),
                     .is_outer_reduced = !options.axes.empty() && options.axes[0] == 0,
                     .outer_bound = shape.rank() > 0 ? shape[0] : 1};
  const DType dtype = spec.inputs[0].dtype;
  const size_t tangents = spec.inputs.size() - 1;
  const size_t scratch = tangents == 0 ? 0 : (plan.members.size() << tangents) * dtype_size(dtype);
  return {[plan = std::move(plan), tangents, dtype](const KernelCall& call) -> kernels::Fault {
            dtype == kFloat32 ? run_other_products<float>(plan, tangents, call)
                              : run_other_products<double>(plan, tangents, call);
            return {};
          },
          scratch};
}

Tensor product_of_others(Operands x_and_tangents, const std::vector<int64_t>& axes);

/// For each element the product of the other elements of x along `axes`, changed by each tangent:
/// its derivatives are products of the same kind, exact at zeros too.
const DefinedOp<ReduceOptions> product_of_others_op = define<ReduceOptions>({
    .name = "ProductOfOthers",
    .inputs = {{.name = "x and tangents", .dtypes = kFloating, .is_variadic = true}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = rule<ReduceOptions>(infer_same_as_first),
    // To x it is one tangent more, to a tangent an exchange of that one.
    .gradient = [](const ReduceOptions& options, const Backward& b) -> Tensors {
      Tensors gradients(b.inputs.size());
      for (size_t i = 0; i < b.inputs.size(); ++i) {
        if (!b.needed[i]) continue;
        Operands inputs(b.inputs.begin(), b.inputs.end());
        if (i == 0)
          inputs.emplace_back(b.grad());
        else
          inputs[i] = Operand(b.grad());
        gradients[i] = product_of_others(std::move(inputs), options.axes);
      }
      return gradients;
    },
    .kernel = other_products_kernel,
});

Tensor product_of_others(Operands x_and_tangents, const std::vector<int64_t>& axes) {
  base::require(x_and_tangents.size() <= kMaxTangents + 1, "reduce_prod", "a derivative of order ",
                x_and_tangents.size(), " is asked for, expected at most ", kMaxTangents + 1,
                "; write the product out for higher ones");
  return product_of_others_op(x_and_tangents, {.axes = axes, .keep_dims = true});
}

const DefinedOp<ReduceOptions> reduce_prod_op = define<ReduceOptions>({
    .name = "ReduceProd",
    .inputs = {{"x", kNumeric}},
    .attributes = {{"axes", &ReduceOptions::axes}, {"keep_dims", &ReduceOptions::keep_dims}},
    .infer = infer_reduction,
    .gradient = [](const ReduceOptions& options, const Backward& b) -> Tensors {
      return {flow_times(with_reduced_axes(b.grad(), b.input(0), options),
                         product_of_others({b.input(0)}, options.axes))};
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
