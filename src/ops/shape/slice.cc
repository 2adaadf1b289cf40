// SPDX-License-Identifier: Apache-2.0
// StridedSlice: Python's slices on every axis, and its gradient, which puts a slice back among
// zeros.
#include "ops/shape/slice.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "kernels/move/strided_copy.h"
#include "ops/axis.h"
#include "ops/strided_kernel.h"

namespace reckon::ops {
namespace {

using graph::InferContext;
using kernels::Fault;
using kernels::StridedCopy;

/// What a slice takes from an axis of `extent` elements: the first index and how many.
struct Range {
  int64_t begin = 0, count = 0;
};

Range range_of(const SliceOptions& options, int axis, int64_t extent) {
  const int64_t step = options.strides[axis];
  // Where a walk may start and stop: past the end forwards, before the start backwards.
  const int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? extent : extent - 1;
  const auto clamped = [&](int64_t index) {
    return std::clamp(index < 0 ? index + extent : index, lowest, highest);
  };
  const int64_t begin =
      options.has_open_begin(axis) ? (step > 0 ? 0 : extent - 1) : clamped(options.begins[axis]);
  const int64_t end =
      options.has_open_end(axis) ? (step > 0 ? extent : -1) : clamped(options.ends[axis]);
  const int64_t length = step > 0 ? end - begin : begin - end;
  // Not of the stride's absolute value, which the lowest number does not have.
  return {begin, length <= 0 ? 0 : 1 + std::abs((length - 1) / step)};
}

bool is_whole(const SliceOptions& options, int axis) {
  return options.strides[axis] == 1 && options.has_open_begin(axis) && options.has_open_end(axis);
}

/// slice() promises its sizes and a single index its element, so a part outside is an error;
/// Python's slices are cut short.
bool lies_inside(const SliceOptions& options, int axis, int64_t extent) {
  const int64_t begin = options.begins[axis];
  if (options.is_single(axis)) return begin >= -extent && begin < extent;
  const int64_t end = options.has_open_end(axis) ? extent : options.ends[axis];
  return !options.is_exact || (begin <= end && end <= extent);
}

std::string outside_text(const SliceOptions& options, int axis, int64_t extent) {
  const int64_t begin = options.begins[axis];
  if (options.is_single(axis)) {
    return base::concat_text("index ", begin, " of axis ", axis, " is outside; pass an index in [",
                             -extent, ", ", extent, ")");
  }
  const int64_t end = options.has_open_end(axis) ? extent : options.ends[axis];
  return base::concat_text("axis ", axis, " is cut from ", begin, " to ", end, ", outside [0, ",
                           extent, "); change begin or size");
}

void check_inside(const SliceOptions& options, int axis, const graph::TensorType& x) {
  base::require(lies_inside(options, axis, x.shape[axis]),
                options.is_exact ? "slice" : "strided_slice", "x is ", graph::type_text(x), ": ",
                outside_text(options, axis, x.shape[axis]));
}

graph::Types infer_slice(const SliceOptions& options, const InferContext& context) {
  Shape shape = context.shape(0);
  base::require(shape.rank() == static_cast<int>(options.begins.size()), "slice", "x is ",
                graph::type_text(context.inputs[0]), ", begin and size have ",
                options.begins.size(), " entries; give one for each dimension");
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t extent = shape[axis];
    if (is_whole(options, axis)) continue;
    if (graph::is_extent(extent)) {
      shape.set(axis, context.data_extent(range_of(options, axis, context.bound(extent)).count));
    } else if (extent == kUnknown) {
      shape.set(axis, kUnknown);
    } else {
      check_inside(options, axis, context.inputs[0]);
      shape.set(axis, range_of(options, axis, extent).count);
    }
  }
  return {{context.dtype(0), shape}};
}

/// First index and count on every axis of a tensor with these extents.
struct Ranges {
  Ranges(const SliceOptions& options, std::span<const int64_t> extents) {
    for (size_t axis = 0; axis < extents.size(); ++axis) {
      const Range range = range_of(options, static_cast<int>(axis), extents[axis]);
      // An empty range may begin outside; nothing is read there, but offsets must not point there.
      begins[axis] = range.count > 0 ? range.begin : 0;
      counts[axis] = range.count;
    }
  }
  std::array<int64_t, Shape::kMaxRank> begins{}, counts{};
};

StridedCopy slice_copy(const SliceOptions& options, size_t element, std::span<const int64_t> in) {
  const Ranges ranges(options, in);
  return StridedCopy::slice(element, in, {ranges.begins.data(), in.size()}, options.strides,
                            {ranges.counts.data(), in.size()});
}

/// slice() is a StridedSlice, and its faults name what the user called.
Fault outside(const SliceOptions& options, int axis, int64_t extent,
              const Fault::Origin& as_slice) {
  Fault fault(outside_text(options, axis, extent));
  return options.is_exact ? std::move(fault).from(as_slice) : std::move(fault);
}

Kernel slice_kernel(const SliceOptions& options, const KernelSpec& spec) {
  const size_t element = dtype_size(spec.inputs[0].dtype);
  const Shape& out = spec.outputs[0].shape;
  if (out.is_static()) {
    return strided_kernel(spec, [=](std::span<const int64_t> in, std::span<const int64_t>) {
      return slice_copy(options, element, in);
    });
  }
  const Fault::Origin as_slice{"slice", spec.node.name, spec.node.place};
  return {[options, element, out, as_slice](const KernelCall& call) -> Fault {
    const std::span<const int64_t> in(call.inputs[0].dims,
                                      static_cast<size_t>(call.inputs[0].rank));
    for (size_t axis = 0; axis < in.size(); ++axis) {
      if (!lies_inside(options, static_cast<int>(axis), in[axis]))
        return outside(options, static_cast<int>(axis), in[axis], as_slice);
    }
    const Ranges ranges(options, in);
    for (int axis = 0; axis < out.rank(); ++axis) {
      if (!is_whole(options, axis)) write_extent(call, out[axis], ranges.counts[axis]);
    }
    slice_copy(options, element, in).run(call.inputs[0].data, call.outputs[0].data);
    return Fault();
  }};
}

// Inputs: the gradient of a slice, and the tensor that was sliced, of which only the shape is read.
const DefinedOp<SliceOptions> slice_gradient_op = define<SliceOptions>({
    .name = "StridedSliceGradient",
    .inputs = {{"grad", kAnything}, {"like", kAnything, 'l'}},
    .attributes = slice_attributes(),
    .infer = [](const SliceOptions&, const InferContext& context) -> graph::Types {
      return {{context.dtype(0), context.shape(1)}};
    },
    .gradient = [](const SliceOptions& options, const Backward& b) -> Tensors {
      return {strided_slice_op({b.grad()}, options), Tensor()};
    },
    .kernel = [](const SliceOptions& options, const KernelSpec& spec) -> Kernel {
      return {[options, element = dtype_size(spec.inputs[0].dtype)](const KernelCall& call) {
        const View& out = call.outputs[0];
        const std::span<const int64_t> extents(out.dims, static_cast<size_t>(out.rank));
        const Ranges ranges(options, extents);
        std::memset(out.data, 0, static_cast<size_t>(out.elements) * element);
        StridedCopy::unslice(element, extents, {ranges.begins.data(), extents.size()},
                             options.strides, {ranges.counts.data(), extents.size()})
            .run(call.inputs[0].data, out.data);
        return Fault();
      }};
    },
    .traits = {.is_shape_only = true},
});

}  // namespace

std::vector<AttributeOf<SliceOptions>> slice_attributes() {
  return {{"begins", &SliceOptions::begins},       {"ends", &SliceOptions::ends},
          {"strides", &SliceOptions::strides},     {"open_begins", &SliceOptions::open_begins},
          {"open_ends", &SliceOptions::open_ends}, {"single", &SliceOptions::single},
          {"is_exact", &SliceOptions::is_exact}};
}

const DefinedOp<SliceOptions> strided_slice_op = define<SliceOptions>({
    .name = "StridedSlice",
    .inputs = {{"x", kAnything}},
    .attributes = slice_attributes(),
    .infer = infer_slice,
    .gradient = [](const SliceOptions& options, const Backward& b) -> Tensors {
      return {slice_gradient_op({b.grad(), b.input(0)}, options)};
    },
    .kernel = slice_kernel,
});

}  // namespace reckon::ops
