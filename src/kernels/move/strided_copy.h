// SPDX-License-Identifier: Apache-2.0
// Kernels that move elements and compute nothing, by element size (1, 2, 4, 8 or 16 bytes).
// Source and destination never overlap. Nothing allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/fault.h"

namespace reckon::kernels {

/// dst[i] = src[i] over an index space of up to 16 axes with a stride per axis on either side:
/// transpose, strided slice and broadcast are all this. Axes that can be walked as
/// one are joined at construction, which is cheap: plans for a partial batch can be made per run.
class StridedCopy {
 public:
  static constexpr int kMaxAxes = 16;

  /// Extents and strides (in elements, any sign) of each axis, outermost first.
  StridedCopy(size_t element_size, std::span<const int64_t> extents,
              std::span<const int64_t> source_strides, std::span<const int64_t> target_strides,
              int64_t source_offset = 0, int64_t target_offset = 0);

  /// out[i0, i1, …] = in with axis permutation[j] of `in` as axis j of the dense output.
  static StridedCopy transpose(size_t element_size, std::span<const int64_t> in_extents,
                               std::span<const int> permutation);
  /// out = in[begin : begin + extent * step : step] on each axis; steps may be negative.
  static StridedCopy slice(size_t element_size, std::span<const int64_t> in_extents,
                           std::span<const int64_t> begins, std::span<const int64_t> steps,
                           std::span<const int64_t> out_extents);
  /// The reverse of `slice`: dense input into a strided part of `out` (its gradient, padding,
  /// concat).
  static StridedCopy unslice(size_t element_size, std::span<const int64_t> out_extents,
                             std::span<const int64_t> begins, std::span<const int64_t> steps,
                             std::span<const int64_t> in_extents);
  /// Extents of 1 are repeated; missing leading axes are added. Both spans as the shapes are.
  static StridedCopy broadcast(size_t element_size, std::span<const int64_t> in_extents,
                               std::span<const int64_t> out_extents);

  void run(const void* source, void* target) const;

 private:
  struct Axis {
    int64_t extent, source_stride, target_stride;  // bytes
  };
  void append(Axis axis);
  void finish();
  void move_source_run_outwards();
  template <class T>
  void run_typed(const char* source, char* target) const;

  std::array<Axis, kMaxAxes> axes_ = {};  // outermost first, joined, no extent of 1
  int rank_ = 0;
  size_t element_size_;
  int64_t source_offset_ = 0, target_offset_ = 0;  // bytes
  bool is_empty_ = false;
  bool is_turned_ = false;  // the last two axes are copied in tiles
};

/// Copies `rows` runs of `row_bytes`; pitches are the bytes between runs. A piece of concat or
/// split.
void copy_rows(const void* source, int64_t source_pitch, void* target, int64_t target_pitch,
               int64_t rows, int64_t row_bytes);

/// target[0 … count) = the element at `value`.
void fill(void* target, int64_t count, const void* value, size_t element_size);

/// table [batch, outer, rows, row_bytes], indices [batch, count] -> out [batch, outer, count,
/// row_bytes]: gather along any axis (the axes before it fold into `outer`) with any number of
/// batch axes.
struct GatherShape {
  int64_t batch = 1, outer = 1, rows = 0, count = 0;
  int64_t row_bytes = 0;
};

/// Index is int32_t or int64_t. Fault: the first index, in order, outside [0, rows).
template <class Index>
Fault gather_rows(const GatherShape& shape, const void* table, const Index* indices, void* out);

/// The first index outside [0, bound), if any, as `index 12 is not in [0, 10)`; `what` is the noun,
/// `mend` says what the user can do.
template <class Index>
Fault check_indices(const Index* indices, int64_t count, int64_t bound, const char* what = "index",
                    const char* mend = "give the table more rows, or correct the index");

/// out [outer, depth, inner]: `on` where indices[outer, inner] == the middle index, else `off`.
/// Index is uint8_t, int32_t or int64_t. An index outside [0, depth) gives a run of `off`
/// (TensorFlow's rule).
template <class Index>
void one_hot(const Index* indices, int64_t outer, int64_t depth, int64_t inner, const void* on,
             const void* off, size_t element_size, void* out);

}  // namespace reckon::kernels
