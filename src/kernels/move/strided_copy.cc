// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/strided_copy.h"

#include <algorithm>
#include <cstring>

namespace reckon::kernels {
namespace {

struct Element16 {
  uint64_t low, high;
};

// Calls `function` with a value of the unsigned type of that size.
template <class Function>
void with_element(size_t element_size, Function function) {
  switch (element_size) {
    case 1:
      return function(uint8_t{});
    case 2:
      return function(uint16_t{});
    case 4:
      return function(uint32_t{});
    case 8:
      return function(uint64_t{});
    default:
      return function(Element16{});
  }
}

using Strides = std::array<int64_t, StridedCopy::kMaxAxes>;

Strides dense_strides(std::span<const int64_t> extents) {
  Strides strides = {};
  int64_t stride = 1;
  for (size_t i = extents.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= extents[i];
  }
  return strides;
}

std::span<const int64_t> first_of(const Strides& strides, size_t count) {
  return {strides.data(), count};
}

template <class T>
void copy_line(const char* source, int64_t source_stride, char* target, int64_t target_stride,
               int64_t count) {
  constexpr int64_t kSize = sizeof(T);
  if (source_stride == kSize && target_stride == kSize) {
    std::memcpy(target, source, static_cast<size_t>(count * kSize));
  } else if (source_stride == 0 && target_stride == kSize) {
    std::fill_n(reinterpret_cast<T*>(target), count, *reinterpret_cast<const T*>(source));
  } else {
    for (int64_t i = 0; i < count; ++i) {
      *reinterpret_cast<T*>(target + i * target_stride) =
          *reinterpret_cast<const T*>(source + i * source_stride);
    }
  }
}

constexpr int64_t kTurnedEdge = 16;  // elements: a line of 32-bit ones

using Quad [[gnu::vector_size(16)]] = uint32_t;

// Columns of four rows become rows.
void turn_quads(const char* source, int64_t stride, uint32_t (*target)[kTurnedEdge]) {
  Quad rows[4];
  for (int i = 0; i < 4; ++i) std::memcpy(&rows[i], source + i * stride, sizeof(Quad));
  constexpr Quad kLow = {0, 4, 1, 5}, kHigh = {2, 6, 3, 7};
  const Quad low02 = __builtin_shuffle(rows[0], rows[2], kLow);
  const Quad high02 = __builtin_shuffle(rows[0], rows[2], kHigh);
  const Quad low13 = __builtin_shuffle(rows[1], rows[3], kLow);
  const Quad high13 = __builtin_shuffle(rows[1], rows[3], kHigh);
  const Quad turned[4] = {
      __builtin_shuffle(low02, low13, kLow), __builtin_shuffle(low02, low13, kHigh),
      __builtin_shuffle(high02, high13, kLow), __builtin_shuffle(high02, high13, kHigh)};
  for (int i = 0; i < 4; ++i) std::memcpy(target[i], &turned[i], sizeof(Quad));
}

// A square of lines of 32-bit elements, by way of a buffer: each line of either side is touched
// once, for lines a power of two apart push each other out of the cache.
void turn_square(const char* source, int64_t source_stride, char* target, int64_t target_stride) {
  alignas(64) uint32_t square[kTurnedEdge][kTurnedEdge];
  for (int64_t j = 0; j < kTurnedEdge; j += 4) {
    for (int64_t i = 0; i < kTurnedEdge; i += 4) {
      turn_quads(source + j * source_stride + i * 4, source_stride,
                 reinterpret_cast<uint32_t(*)[kTurnedEdge]>(&square[i][j]));
    }
  }
  for (int64_t i = 0; i < kTurnedEdge; ++i) {
    std::memcpy(target + i * target_stride, square[i], sizeof square[i]);
  }
}

// Two axes whose memory orders differ: tiles of one cache line squared, so that each line of either
// side is used whole while it is near.
template <class T>
void copy_turned(const char* source, int64_t source_outer, int64_t source_inner, char* target,
                 int64_t target_outer, int64_t target_inner, int64_t outer, int64_t inner) {
  constexpr int64_t kTile = std::max<int64_t>(64 / sizeof(T), 8);
  const bool has_squares = sizeof(T) == 4 && source_outer == 4 && target_inner == 4;
  for (int64_t i = 0; i < outer; i += kTile) {
    const int64_t rows = std::min(kTile, outer - i);
    for (int64_t j = 0; j < inner; j += kTile) {
      const int64_t columns = std::min(kTile, inner - j);
      const char* from = source + i * source_outer + j * source_inner;
      char* to = target + i * target_outer + j * target_inner;
      if (has_squares && rows == kTurnedEdge && columns == kTurnedEdge) {
        turn_square(from, source_inner, to, target_outer);
        continue;
      }
      for (int64_t r = 0; r < rows; ++r) {
        copy_line<T>(from + r * source_outer, source_inner, to + r * target_outer, target_inner,
                     columns);
      }
    }
  }
}

/// Of `count` elements in steps of `step`. One element is not stepped from: its step may be any
/// number, and no product of it need exist.
int64_t stride_of(int64_t stride, int64_t step, int64_t count) {
  return count > 1 ? stride * step : 0;
}

}  // namespace

StridedCopy::StridedCopy(size_t element_size, std::span<const int64_t> extents,
                         std::span<const int64_t> source_strides,
                         std::span<const int64_t> target_strides, int64_t source_offset,
                         int64_t target_offset)
    : element_size_(element_size) {
  const int64_t size = static_cast<int64_t>(element_size);
  source_offset_ = source_offset * size;
  target_offset_ = target_offset * size;
  for (size_t i = 0; i < extents.size(); ++i) {
    append({extents[i], source_strides[i] * size, target_strides[i] * size});
  }
  finish();
}

void StridedCopy::append(Axis axis) {
  is_empty_ |= axis.extent == 0;
  if (axis.extent != 1) axes_[rank_++] = axis;
}

// Puts the axes in the order of the target's memory, then joins those that are one run on both
// sides.
void StridedCopy::finish() {
  std::stable_sort(axes_.begin(), axes_.begin() + rank_, [](const Axis& a, const Axis& b) {
    return std::abs(a.target_stride) > std::abs(b.target_stride);
  });
  int kept = 0;
  for (int i = 0; i < rank_; ++i) {
    const Axis& axis = axes_[i];
    if (kept > 0) {
      Axis& outer = axes_[kept - 1];
      if (outer.source_stride == axis.source_stride * axis.extent &&
          outer.target_stride == axis.target_stride * axis.extent) {
        outer = {outer.extent * axis.extent, axis.source_stride, axis.target_stride};
        continue;
      }
    }
    axes_[kept++] = axis;
  }
  rank_ = kept;
  move_source_run_outwards();
}

// The innermost axis is the target's run. If another axis is the source's run, it goes next to it:
// the two are then copied in tiles.
void StridedCopy::move_source_run_outwards() {
  const int64_t size = static_cast<int64_t>(element_size_);
  if (rank_ < 2 || axes_[rank_ - 1].source_stride == size) return;
  for (int i = 0; i < rank_ - 1; ++i) {
    if (axes_[i].source_stride != size) continue;
    std::rotate(axes_.begin() + i, axes_.begin() + i + 1, axes_.begin() + rank_ - 1);
    is_turned_ = true;
    return;
  }
}

StridedCopy StridedCopy::transpose(size_t element_size, std::span<const int64_t> in_extents,
                                   std::span<const int> permutation) {
  const size_t rank = in_extents.size();
  const Strides in = dense_strides(in_extents);
  Strides extents = {}, source = {};
  for (size_t i = 0; i < rank; ++i) {
    extents[i] = in_extents[static_cast<size_t>(permutation[i])];
    source[i] = in[static_cast<size_t>(permutation[i])];
  }
  const Strides target = dense_strides(first_of(extents, rank));
  return {element_size, first_of(extents, rank), first_of(source, rank), first_of(target, rank)};
}

StridedCopy StridedCopy::slice(size_t element_size, std::span<const int64_t> in_extents,
                               std::span<const int64_t> begins, std::span<const int64_t> steps,
                               std::span<const int64_t> out_extents) {
  const size_t rank = in_extents.size();
  const Strides in = dense_strides(in_extents), target = dense_strides(out_extents);
  Strides source = {};
  int64_t offset = 0;
  for (size_t i = 0; i < rank; ++i) {
    source[i] = stride_of(in[i], steps[i], out_extents[i]);
    offset += in[i] * begins[i];
  }
  return {element_size, out_extents, first_of(source, rank), first_of(target, rank), offset};
}

StridedCopy StridedCopy::unslice(size_t element_size, std::span<const int64_t> out_extents,
                                 std::span<const int64_t> begins, std::span<const int64_t> steps,
                                 std::span<const int64_t> in_extents) {
  const size_t rank = in_extents.size();
  const Strides out = dense_strides(out_extents), source = dense_strides(in_extents);
  Strides target = {};
  int64_t offset = 0;
  for (size_t i = 0; i < rank; ++i) {
    target[i] = stride_of(out[i], steps[i], in_extents[i]);
    offset += out[i] * begins[i];
  }
  return {element_size, in_extents, first_of(source, rank), first_of(target, rank), 0, offset};
}

StridedCopy StridedCopy::broadcast(size_t element_size, std::span<const int64_t> in_extents,
                                   std::span<const int64_t> out_extents) {
  const size_t rank = out_extents.size(), missing = rank - in_extents.size();
  const Strides in = dense_strides(in_extents), target = dense_strides(out_extents);
  Strides source = {};
  for (size_t i = missing; i < rank; ++i) {
    source[i] = in_extents[i - missing] == 1 ? 0 : in[i - missing];
  }
  return {element_size, out_extents, first_of(source, rank), first_of(target, rank)};
}

template <class T>
void StridedCopy::run_typed(const char* source, char* target) const {
  if (rank_ == 0) return copy_line<T>(source, 0, target, sizeof(T), 1);
  const int inner_axes = is_turned_ ? 2 : 1, outer_axes = rank_ - inner_axes;
  const Axis& inner = axes_[rank_ - 1];
  const Axis& next = axes_[std::max(rank_ - 2, 0)];
  std::array<int64_t, kMaxAxes> index = {};
  for (;;) {
    if (is_turned_) {
      copy_turned<T>(source, next.source_stride, inner.source_stride, target, next.target_stride,
                     inner.target_stride, next.extent, inner.extent);
    } else {
      copy_line<T>(source, inner.source_stride, target, inner.target_stride, inner.extent);
    }
    int axis = outer_axes - 1;
    for (; axis >= 0; --axis) {
      source += axes_[axis].source_stride;
      target += axes_[axis].target_stride;
      if (++index[axis] < axes_[axis].extent) break;
      source -= axes_[axis].source_stride * axes_[axis].extent;
      target -= axes_[axis].target_stride * axes_[axis].extent;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

void StridedCopy::run(const void* source, void* target) const {
  if (is_empty_) return;
  const char* from = static_cast<const char*>(source) + source_offset_;
  char* to = static_cast<char*>(target) + target_offset_;
  with_element(element_size_, [&](auto element) { run_typed<decltype(element)>(from, to); });
}

void copy_rows(const void* source, int64_t source_pitch, void* target, int64_t target_pitch,
               int64_t rows, int64_t row_bytes) {
  if (row_bytes == 0 || rows == 0) return;
  const char* from = static_cast<const char*>(source);
  char* to = static_cast<char*>(target);
  if (source_pitch == row_bytes && target_pitch == row_bytes) {
    std::memcpy(to, from, static_cast<size_t>(rows * row_bytes));
    return;
  }
  for (int64_t row = 0; row < rows; ++row) {
    std::memcpy(to + row * target_pitch, from + row * source_pitch, static_cast<size_t>(row_bytes));
  }
}

void fill(void* target, int64_t count, const void* value, size_t element_size) {
  with_element(element_size, [&](auto element) {
    std::memcpy(&element, value, sizeof(element));
    std::fill_n(static_cast<decltype(element)*>(target), count, element);
  });
}

template <class Index>
void one_hot(const Index* indices, int64_t outer, int64_t depth, int64_t inner, const void* on,
             const void* off, size_t element_size, void* out) {
  fill(out, outer * depth * inner, off, element_size);
  with_element(element_size, [&](auto element) {
    std::memcpy(&element, on, sizeof(element));
    auto* target = static_cast<decltype(element)*>(out);
    for (int64_t i = 0; i < outer * inner; ++i) {
      const int64_t at = static_cast<int64_t>(indices[i]);
      if (at < 0 || at >= depth) continue;
      target[(i / inner * depth + at) * inner + i % inner] = element;
    }
  });
}

template void one_hot(const int32_t*, int64_t, int64_t, int64_t, const void*, const void*, size_t,
                      void*);
template void one_hot(const int64_t*, int64_t, int64_t, int64_t, const void*, const void*, size_t,
                      void*);
template void one_hot(const uint8_t*, int64_t, int64_t, int64_t, const void*, const void*, size_t,
                      void*);

}  // namespace reckon::kernels
