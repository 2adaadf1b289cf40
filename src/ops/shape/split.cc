// SPDX-License-Identifier: Apache-2.0
// Split and unstack: pieces of a tensor along an axis.
#include <algorithm>
#include <optional>

#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "kernels/move/strided_copy.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"

namespace reckon::ops {
namespace {

using graph::InferContext;
using kernels::Fault;

struct SplitOptions {
  std::vector<int64_t> sizes;  ///< one of them may be -1; no sizes: `count` equal pieces
  int64_t count = 0;
  int64_t axis = 0;  ///< as the user wrote it
};

/// Each piece is a tensor of the graph, so that more than these are a mistake in a count.
constexpr int64_t kMaxPieces = 65536;

void check_count(const SplitOptions& options) {
  if (!options.sizes.empty()) return;
  base::require(options.count > 0, "split", "count is ", options.count,
                ", expected 1 or more; pass a count");
  base::require(options.count <= kMaxPieces, "split", "count is ", options.count,
                ", expected at most ", kMaxPieces, " pieces; reshape x and work on an axis");
}

/// The sum of the sizes but for the one that is -1, if it is not too large for an extent.
std::optional<int64_t> known_sum(const std::vector<int64_t>& sizes) {
  int64_t sum = 0;
  for (int64_t size : sizes) {
    if (size != kUnknown && __builtin_add_overflow(sum, size, &sum)) return std::nullopt;
  }
  return sum;
}

/// The sizes for an extent of the axis; unknown ones where the extent is not known.
std::vector<int64_t> piece_sizes(const SplitOptions& options, int64_t extent,
                                 const graph::TensorType& x) {
  if (options.sizes.empty()) {
    check_count(options);
    if (extent < 0) return std::vector<int64_t>(options.count, kUnknown);
    base::require(extent % options.count == 0, "split", "axis ", options.axis, " of ",
                  graph::type_text(x), " does not divide into ", options.count,
                  " equal pieces; pass a list of sizes");
    return std::vector<int64_t>(options.count, extent / options.count);
  }
  std::vector<int64_t> sizes = options.sizes;
  const auto open = std::find(sizes.begin(), sizes.end(), kUnknown);
  base::require(
      std::all_of(sizes.begin(), sizes.end(), [](int64_t size) { return size >= kUnknown; }) &&
          std::count(sizes.begin(), sizes.end(), kUnknown) <= 1,
      "split", "the sizes are ", graph::attribute_text(options.sizes),
      ", expected extents with at most one -1; give the others");
  const std::optional<int64_t> known = known_sum(sizes);
  const bool adds_up =
      known && (extent < 0 || (open != sizes.end() ? *known <= extent : *known == extent));
  base::require(adds_up, "split", "the sizes ", graph::attribute_text(options.sizes),
                " do not add up to axis ", options.axis, " of ", graph::type_text(x),
                "; pass -1 for one of them");
  if (open != sizes.end() && extent >= 0) *open = extent - *known;
  return sizes;
}

graph::Types infer_split(const SplitOptions& options, const InferContext& context) {
  const graph::TensorType& x = context.inputs[0];
  const int axis = normal_axis("split", options.axis, x);
  base::require(!graph::is_extent(x.shape[axis]), "split", "axis ", options.axis, " of ",
                graph::type_text(x), " has a size that only the data knows; split another axis");
  graph::Types types;
  for (int64_t size : piece_sizes(options, x.shape[axis], x)) {
    types.push_back(x);
    types.back().shape.set(axis, size);
  }
  return types;
}

const DefinedOp<SplitOptions> split_op = define<SplitOptions>({
    .name = "Split",
    .inputs = {{"x", kAnything}},
    .attributes = {{"sizes", &SplitOptions::sizes},
                   {"count", &SplitOptions::count},
                   {"axis", &SplitOptions::axis}},
    .infer = infer_split,
    .gradient = [](const SplitOptions& options, const Backward& b) -> Tensors {
      Operands parts;
      for (size_t i = 0; i < b.grads.size(); ++i) {
        parts.push_back(b.grads[i].valid() ? b.grads[i] : zeros_like(b.outputs[i]));
      }
      return {concat(parts, static_cast<int>(options.axis))};
    },
    .kernel = [](const SplitOptions& options, const KernelSpec& spec) -> Kernel {
      const int axis = normal_axis("split", options.axis, spec.inputs[0]);
      return {[axis, count = static_cast<int>(spec.outputs.size())](const KernelCall& call) {
        const View& x = call.inputs[0];
        const auto element = static_cast<int64_t>(dtype_size(x.dtype));
        const int64_t outer = count_elements(x.dims, 0, axis);
        const int64_t inner = count_elements(x.dims, axis + 1, x.rank) * element;
        const char* source = call.in<char>(0);
        for (int i = 0; i < count; ++i) {
          const int64_t row_bytes = call.outputs[i].dims[axis] * inner;
          kernels::copy_rows(source, x.dims[axis] * inner, call.outputs[i].data, row_bytes, outer,
                             row_bytes);
          source += row_bytes;
        }
        return Fault();
      }};
    },
});

int poison_count(const SplitOptions& options) {
  return static_cast<int>(
      std::max<int64_t>(options.count, static_cast<int64_t>(options.sizes.size())));
}

Tensors traced_split(const Operand& x, const SplitOptions& options) {
  return at_place(x.place(), [&] {
    const Tensor value = x.resolve();
    check_count(options);
    if (value.is_poison()) return Tensors(poison_count(options), value);
    return split_op.all({value}, options);
  });
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensors split_equally(Operand x, Integer count, Integer axis) {
  return ops::traced_split(x, {{}, count, axis});
}

Tensors split(Operand x, const std::vector<int64_t>& sizes, Integer axis) {
  return ops::at_place(x.place(), [&] {
    base::require(!sizes.empty(), "split", "came without sizes; pass one for each piece");
    return ops::traced_split(x, {sizes, 0, axis});
  });
}

Tensors unstack(Operand x, Integer axis) {
  return ops::at_place(x.place(), [&]() -> Tensors {
    const Tensor value = x.resolve();
    base::require(
        !value.is_poison(), "unstack", "x is ", value.name(),
        ", which is not there in this mode, so that the number of results is unknown; use "
        "gather or strided_slice");
    const int at = ops::normal_axis("unstack", axis, {value.dtype(), value.shape()});
    const int64_t extent = value.shape()[at];
    base::require(
        extent >= 0, "unstack", "axis ", axis, " of ", value.text(),
        " has an unknown extent; the number of results must be known: use gather or slice");
    base::require(extent <= ops::kMaxPieces, "unstack", "axis ", axis, " of ", value.text(),
                  " gives more than ", ops::kMaxPieces, " results; use gather or slice");
    if (extent == 0) return {};
    Tensors pieces = split(value, extent, at);
    for (Tensor& piece : pieces) piece = squeeze(piece, {at});
    return pieces;
  });
}

}  // namespace reckon
