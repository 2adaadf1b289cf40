// SPDX-License-Identifier: Apache-2.0
// Transpose: axis permutation[i] of x becomes axis i.
#include <algorithm>
#include <numeric>

#include <reckon/shape_ops.h>
#include "graph/trace.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

struct TransposeOptions {
  std::vector<int64_t> permutation;
};

std::string list_text(const std::vector<int64_t>& list) { return graph::attribute_text(list); }

graph::Types infer_transpose(const TransposeOptions& options, const graph::InferContext& context) {
  const Shape& x = context.shape(0);
  std::vector<int64_t> sorted = options.permutation, all(x.rank());
  std::iota(all.begin(), all.end(), 0);
  std::sort(sorted.begin(), sorted.end());
  base::require(sorted == all, "transpose", "the permutation is ", list_text(options.permutation),
                " but x is ", graph::type_text(context.inputs[0]), "; name each axis in [0, ",
                x.rank(), ") once");
  Shape shape;
  for (int64_t axis : options.permutation) shape.append(x[static_cast<int>(axis)]);
  return {{context.dtype(0), shape}};
}

std::vector<int64_t> inverse(const std::vector<int64_t>& permutation) {
  std::vector<int64_t> result(permutation.size());
  for (size_t i = 0; i < permutation.size(); ++i) result[permutation[i]] = static_cast<int64_t>(i);
  return result;
}

extern const DefinedOp<TransposeOptions> transpose_op;

const DefinedOp<TransposeOptions> transpose_op = define<TransposeOptions>({
    .name = "Transpose",
    .inputs = {{"x", kAnything}},
    .attributes = {{"permutation", &TransposeOptions::permutation}},
    .infer = infer_transpose,
    .gradient = [](const TransposeOptions& options, const Backward& b) -> Tensors {
      return {transpose_op({b.grad()}, {inverse(options.permutation)})};
    },
    .kernel =
        [](const TransposeOptions& options, const KernelSpec& spec) {
          const std::vector<int> permutation(options.permutation.begin(),
                                             options.permutation.end());
          const size_t element = dtype_size(spec.inputs[0].dtype);
          return strided_kernel(
              spec, [permutation, element](std::span<const int64_t> in, std::span<const int64_t>) {
                return kernels::StridedCopy::transpose(element, in, permutation);
              });
        },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor transpose(Operand x, const std::optional<std::vector<int>>& permutation) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  if (value.is_poison()) return value;
  std::vector<int64_t> axes(value.rank());
  std::iota(axes.rbegin(), axes.rend(), 0);
  if (permutation) axes.assign(permutation->begin(), permutation->end());
  for (int64_t& axis : axes) axis += axis < 0 ? value.rank() : 0;
  return ops::transpose_op({value}, {axes});
}

}  // namespace reckon
