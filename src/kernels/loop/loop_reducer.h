// SPDX-License-Identifier: Apache-2.0
// Takes the values of one output as they come, tile by tile, and reduces them.
// Chunks and the order in which they are joined follow from the extents alone.
#pragma once

#include <cstdint>

#include "kernels/loop/loop_kernels.h"
#include "kernels/loop/loop_layout.h"

namespace reckon::kernels {

/// One level: values of [kept, reduced, inner] come in, chunk results go to `chunks`,
/// [kept, shape.chunks(), inner]. Every chunk is seen by one Reducer alone, from its first value
/// on.
class Reducer {
 public:
  Reducer(const ReduceKernels& kernels, const ReduceShape& shape, int64_t element_bytes,
          void* chunks);

  /// The next n values in flat order, the first of which has number `start`.
  void take(const void* values, int64_t start, int64_t n);

 private:
  static constexpr int64_t kMostLanes = 64;

  int64_t take_rows(const char* values, int64_t start, int64_t n);
  void take_side_by_side(const char* values, int64_t place, int64_t n, int64_t length,
                         char* result);
  void take_columns(const char* values, int64_t place, int64_t n, char* result);
  char* at(char* base, int64_t element) const { return base + element * bytes_; }

  const ReduceKernels& kernels_;
  ReduceShape shape_;
  int64_t bytes_, lane_rows_, chunk_rows_, chunk_count_;
  char* chunks_;
  alignas(64) char lanes_[kMostLanes * 8];  // the chunk in progress, where inner is narrow
};

/// Bytes of scratch for an output: chunk results of every level, and results between levels.
int64_t reduce_scratch_bytes(const ReduceLevels& levels, int64_t element_bytes);

/// Where the first level writes its chunk results: the output itself if there is nothing to join.
void* first_chunks(const ReduceLevels& levels, int64_t element_bytes, void* scratch, void* output);

/// Joins the chunks of the first level and runs the levels after it.
void finish_reduction(const ReduceKernels& kernels, const ReduceLevels& levels,
                      int64_t element_bytes, void* scratch, void* output);

}  // namespace reckon::kernels
