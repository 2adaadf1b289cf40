// SPDX-License-Identifier: Apache-2.0
// The inner loops of the fused loop: one set per instruction set, all with the same bits.
#pragma once

#include <cstdint>

#include "expr/program.h"
#include "kernels/loop/fused_loop.h"
#include "kernels/loop/loop_chain.h"

namespace reckon::kernels {

/// What a kernel knows besides its operands, and what it reports.
struct KernelContext {
  int64_t index = 0;  ///< flat number of the first element
  uint32_t faults = 0;
};
inline constexpr uint32_t kDividedByZero = 1, kNegativePower = 2;

/// Computes n elements of one instruction. Operands may be `out` itself. In a scalar operand (see
/// `find`) only element 0 is read.
using Kernel = void (*)(void* out, const void* const* operands, int64_t n, KernelContext& context);

/// Partial results are joined by these; a row is reduced by kReduceLanes interleaved partial
/// results, joined as a tree, whatever the vector width.
struct ReduceKernels {
  /// into[i] = into[i] op from[i].
  void (*accumulate)(void* into, const void* from, int64_t n);
  /// out[r] = the reduction of row r; rows are dense, `length` elements each.
  void (*rows)(const void* values, int64_t rows, int64_t length, void* out);
  /// Joins `count` groups of `width` elements into the first: neighbours first, then their joins.
  void (*tree)(void* groups, int64_t count, int64_t width);
  /// Fills with the value of an empty reduction.
  void (*identity)(void* out, int64_t n);
};
inline constexpr int64_t kReduceLanes = 16;

/// Elements r * row_stride + j * stride for the rows r and the places j of each.
struct StridedRows {
  int64_t rows, row_stride, length, stride;
  static constexpr int64_t kOverrun = 64;  ///< bytes that may be written beyond the last row
};

struct LoopKernels {
  /// The kernel of an opcode, null if there is none with that combination of scalar operands
  /// (bit i of `scalars`: operand i). Without scalars there is one for every valid instruction.
  Kernel (*find)(expr::Opcode op, expr::Lane lane, expr::Lane operand_lane, unsigned scalars);
  /// Random words of consecutive elements from context.index on; operands: key, stream.
  Kernel random_words;
  ReduceKernels (*reduce)(ReduceKind kind, expr::Lane lane);
  /// out[i] = from[i * stride], of elements of 1, 4 or 8 bytes.
  void (*gather)(void* out, const void* from, int64_t n, int64_t stride, int64_t element_bytes);
  /// The elements of `rows`, one after the other.
  void (*gather_rows)(void* out, const void* from, const StridedRows& rows, int64_t element_bytes);
  const ChainKernels& (*chains)();
};

const LoopKernels& portable_loop_kernels();
const LoopKernels& avx2_loop_kernels();
const LoopKernels& avx512_loop_kernels();
const LoopKernels& loop_kernels(Isa isa);

}  // namespace reckon::kernels
