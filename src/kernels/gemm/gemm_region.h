// SPDX-License-Identifier: Apache-2.0
// What gemm.cc asks of one instruction set: a rectangle of C, and copies of A in a friendlier
// layout. Splitting into regions and blocks of k is never visible in the bits: each element stays
// one chain.
#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace reckon::kernels {

/// The longest block of k, and the floats of one packed panel of B: the stack that a region takes.
inline constexpr int64_t kDepthBlock = 384, kPanelFloats = kDepthBlock * 32;

/// A rectangle of C over all of k, for one matrix of the batch. Strides are in elements.
struct GemmRegion {
  /// A: one of the two strides is 1. Block p of k starts at a + p * a_block_stride.
  const float* a = nullptr;
  int64_t a_row_stride = 0, a_k_stride = 1, a_block_stride = 0;
  /// B: column_stride is 1, or k_stride is 1 and the panels are packed (transposed) first.
  const float* b = nullptr;
  int64_t b_k_stride = 0, b_column_stride = 1;
  bool pack_b = false;
  /// B in panels of `packed_width` columns, one after the other in each block of k; null: as it is.
  const float* packed = nullptr;
  int64_t packed_width = 0;
  int64_t packed_columns = 0;  ///< of all panels: a multiple of the vector width
  int64_t first_column = 0;    ///< of this region in B; a multiple of packed_width
  float* c = nullptr;
  int64_t c_row_stride = 0;
  int64_t rows = 0, columns = 0, depth = 0, depth_block = 0;
  const float* bias = nullptr;  ///< null: none
  int64_t bias_step = 1;        ///< 0: one bias for every column
  bool relu = false;
};

/// target[c, r] = source[r, c]; rows of `target` are written up to a multiple of the vector width.
struct GemmTranspose {
  const float* source = nullptr;
  int64_t source_stride = 0, rows = 0, columns = 0;
  float* target = nullptr;
  int64_t target_stride = 0;
};

/// The code of one instruction set.
struct GemmCode {
  int vector_floats;  ///< lanes of a register
  int tile_rows;      ///< rows of the largest register tile
  void (*region)(const GemmRegion&);
  void (*transpose)(const GemmTranspose&);
  /// B of a region into panels of its packed_width.
  void (*pack)(const GemmRegion&, float* packed);
  /// Columns of the widest panel that tiles of so many rows take.
  int64_t (*panel_width)(int64_t rows);
};

/// A whole product with its blocks and parts: made from shapes and the instruction set alone.
struct GemmPlan {
  GemmRegion whole;  ///< one matrix of the batch, in the orientation that is computed
  int64_t batch = 1, stride_a = 0, stride_b = 0, stride_c = 0;
  bool is_turned = false;  ///< A and B have changed places: a column computed as a row
  /// The extent of one part, and the number of parts.
  int64_t part_matrices = 1, part_rows = 0, part_columns = 0;
  int64_t batch_parts = 1, row_parts = 1, column_parts = 1;
  int64_t parts() const { return batch_parts * row_parts * column_parts; }
};

GemmCode gemm_code_portable();
GemmCode gemm_code_avx2();
GemmCode gemm_code_avx512();
GemmCode gemm_code(Isa isa);

}  // namespace reckon::kernels
