// SPDX-License-Identifier: Apache-2.0
// Concat and stack: tensors one after the other along an axis. ConcatGradient cuts a gradient back
// into pieces where a size is unknown while tracing; else the gradient is a split.
#include <algorithm>

#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "kernels/move/strided_copy.h"
#include "ops/at_place.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

using graph::InferContext;
using kernels::Fault;

struct ConcatOptions {
  int64_t axis = 0;  ///< as the user wrote it
};

/// Another axis, if the parts differ along it alone.
std::string mend_of(const Shape& part, const Shape& first) {
  if (part.rank() != first.rank()) return "reshape one of them to as many dimensions";
  int differing = 0, axis = 0;
  for (int i = 0; i < first.rank(); ++i) {
    if (may_be_equal(part[i], first[i])) continue;
    ++differing;
    axis = i;
  }
  return differing == 1 ? "join along axis " + std::to_string(axis) + ", or reshape one of them"
                        : "reshape one of them";
}

void check_parts(int axis, const InferContext& context) {
  const graph::TensorType& first = context.inputs[0];
  for (const graph::TensorType& part : context.inputs) {
    bool fits = part.shape.rank() == first.shape.rank();
    for (int i = 0; fits && i < first.shape.rank(); ++i) {
      fits = i == axis || may_be_equal(part.shape[i], first.shape[i]);
    }
    base::require(fits, "concat", "a part is ", graph::type_text(part), " but the first is ",
                  graph::type_text(first), "; they must agree in every dimension but axis ", axis,
                  ": ", mend_of(part.shape, first.shape));
  }
}

std::string types_text(std::span<const graph::TensorType> types) {
  std::string text;
  for (const graph::TensorType& type : types) {
    text += (text.empty() ? "" : ", ") + graph::type_text(type);
  }
  return text;
}

/// The extent of all parts together: known, unknown, or a sum that only the data knows.
int64_t total_extent(int axis, const InferContext& context) {
  int64_t total = 0;  // of bounds, where only the data knows a size
  bool is_dynamic = false;
  for (const graph::TensorType& part : context.inputs) {
    const int64_t dim = part.shape[axis];
    if (dim == kUnknown) return kUnknown;
    is_dynamic |= graph::is_extent(dim);
    const bool is_too_large = __builtin_add_overflow(total, context.bound(dim), &total);
    base::require(!is_too_large, "concat", "the parts are ", types_text(context.inputs),
                  ", more than 2^63 - 1 elements along axis ", axis, "; join fewer of them");
  }
  return is_dynamic ? context.data_extent(total) : total;
}

graph::Types infer_concat(const ConcatOptions& options, const InferContext& context) {
  const graph::TensorType& first = context.inputs[0];
  base::require(first.shape.rank() > 0, "concat",
                "the parts are scalars; use stack, which adds an axis: the first is ",
                graph::type_text(first));
  const int axis = normal_axis("concat", options.axis, first);
  check_parts(axis, context);
  Shape shape = first.shape;
  for (const graph::TensorType& part : context.inputs) {
    for (int i = 0; i < shape.rank(); ++i) {
      if (shape[i] < 0 && part.shape[i] != kUnknown) shape.set(i, part.shape[i]);
    }
  }
  shape.set(axis, total_extent(axis, context));
  return {{first.dtype, shape}};
}

/// A part of the whole: rows of `inner` elements in a matrix of `outer` rows.
struct Piece {
  Piece(const View& view, int axis)
      : outer(count_elements(view.dims, 0, axis)),
        extent(view.dims[axis]),
        row_bytes(count_elements(view.dims, axis, view.rank) *
                  static_cast<int64_t>(dtype_size(view.dtype))) {}
  int64_t outer, extent, row_bytes;
};

/// The rule of check_parts() above, for sizes that only the data knows.
Fault check_parts(const KernelCall& call, int count, int axis) {
  const View& first = call.inputs[0];
  const int behind = first.rank - axis - 1;
  for (int i = 1; i < count; ++i) {
    const View& part = call.inputs[i];
    if (Fault fault = check_equal_dims(first, 0, part, 0, axis)) return fault;
    if (Fault fault = check_equal_dims(first, axis + 1, part, axis + 1, behind)) return fault;
  }
  return {};
}

Kernel concat_kernel(const ConcatOptions& options, const KernelSpec& spec) {
  const graph::TensorType out = spec.outputs[0];
  const int axis = normal_axis("concat", options.axis, out);
  return {[axis, dim = out.shape[axis],
           count = static_cast<int>(spec.inputs.size())](const KernelCall& call) -> Fault {
    if (Fault fault = check_parts(call, count, axis)) return fault;
    int64_t extent = 0, pitch = 0;
    for (int i = 0; i < count; ++i) {
      const Piece piece(call.inputs[i], axis);
      extent += piece.extent;
      pitch += piece.row_bytes;
    }
    write_extent(call, dim, extent);
    char* target = call.out<char>(0);
    for (int i = 0; i < count; ++i) {
      const Piece piece(call.inputs[i], axis);
      kernels::copy_rows(call.inputs[i].data, piece.row_bytes, target, pitch, piece.outer,
                         piece.row_bytes);
      target += piece.row_bytes;
    }
    return Fault();
  }};
}

// Inputs: the gradient of the whole, then the parts, of which only the shapes are read.
const DefinedOp<ConcatOptions> concat_gradient_op = define<ConcatOptions>({
    .name = "ConcatGradient",
    .inputs = {{"grad", kAnything}, {"part", kAnything, 'T', true}},
    .attributes = {{"axis", &ConcatOptions::axis}},
    .infer = [](const ConcatOptions&, const InferContext& context) -> graph::Types {
      return {context.inputs.begin() + 1, context.inputs.end()};
    },
    .gradient = [](const ConcatOptions& options, const Backward& b) -> Tensors {
      Operands parts;
      for (size_t i = 0; i < b.grads.size(); ++i) {
        parts.push_back(b.grads[i].valid() ? b.grads[i] : zeros_like(b.inputs[i + 1]));
      }
      Tensors grads(b.inputs.size());
      grads[0] = concat(parts, static_cast<int>(options.axis));
      return grads;
    },
    .kernel = [](const ConcatOptions& options, const KernelSpec& spec) -> Kernel {
      const int axis = normal_axis("concat", options.axis, spec.inputs[0]);
      return {[axis, count = static_cast<int>(spec.outputs.size())](const KernelCall& call) {
        const Piece whole(call.inputs[0], axis);
        const char* source = call.in<char>(0);
        for (int i = 0; i < count; ++i) {
          const Piece piece(call.inputs[i + 1], axis);
          kernels::copy_rows(source, whole.row_bytes, call.outputs[i].data, piece.row_bytes,
                             piece.outer, piece.row_bytes);
          source += piece.row_bytes;
        }
        return Fault();
      }};
    },
});

Tensors concat_gradient(const ConcatOptions& options, const Backward& b) {
  const auto axis = static_cast<int>(options.axis);
  std::vector<int64_t> sizes;
  for (const Tensor& part : b.inputs) sizes.push_back(part.shape()[axis]);
  if (std::count(sizes.begin(), sizes.end(), kUnknown) == 0) return split(b.grad(), sizes, axis);
  Operands operands = {b.grad()};
  operands.insert(operands.end(), b.inputs.begin(), b.inputs.end());
  return concat_gradient_op.all(operands, options);
}

const DefinedOp<ConcatOptions> concat_op = define<ConcatOptions>({
    .name = "Concat",
    .inputs = {{"part", kAnything, 'T', true}},
    .attributes = {{"axis", &ConcatOptions::axis}},
    .infer = infer_concat,
    .gradient = concat_gradient,
    .kernel = concat_kernel,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor concat(const Operands& parts, Integer axis) { return ops::concat_op(parts, {axis}); }

Tensor stack(const Operands& parts, Integer axis) {
  base::require(!parts.empty(), "stack", "came without parts; pass one tensor or more");
  return ops::at_place(parts[0].place(), [&] {
    Tensors values;
    for (const Operand& part : parts) {
      // A number takes the dtype of the first part, as it would as an operand of concat.
      values.push_back(part.resolve(values.empty() ? DType::kInvalid : values[0].dtype()));
      if (values.back().is_poison()) return values.back();
      base::require(ops::may_be_equal(values.back().shape(), values[0].shape()), "stack",
                    "a part is ", values.back().text(), " but the first is ", values[0].text(),
                    "; they need one shape: reshape one of them");
    }
    ops::normal_axis("stack", axis, values[0].rank() + 1, {values[0].dtype(), values[0].shape()});
    Operands slices;
    for (const Tensor& value : values) slices.push_back(expand_dims(value, axis));
    return concat(slices, axis);
  });
}

}  // namespace reckon
