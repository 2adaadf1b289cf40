// SPDX-License-Identifier: Apache-2.0
// Matrix products. Each element of C is one chain of fused multiply-adds over k in ascending order,
// starting from 0: its bits depend on its row of A and its column of B alone, never on the other
// extents, the batch, the transposes, the instruction set or the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/pool.h"
#include "kernels/gemm/gemm_region.h"
#include "kernels/isa.h"

namespace reckon::kernels {

/// What is done to C after the last k: the same bits as the separate ops add(C, bias) and relu(C).
enum class GemmEpilogue : uint8_t { kNone, kBias, kRelu, kBiasRelu };

/// C[b] = op(A[b]) * op(B[b]), row-major, for b in [0, batch).
struct GemmSpec {
  int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false;  ///< A is stored [k, m], else [m, k]
  bool transpose_b = false;  ///< B is stored [n, k], else [k, n]
  int64_t batch = 1;
  /// Elements from one matrix of the batch to the next; 0 broadcasts A or B.
  int64_t batch_stride_a = 0, batch_stride_b = 0, batch_stride_c = 0;
  GemmEpilogue epilogue = GemmEpilogue::kNone;
};

/// A planned float32 product. Immutable: any number of threads may run it, each with its own
/// scratch.
class Gemm {
 public:
  explicit Gemm(const GemmSpec& spec, Isa isa = kernels::isa());

  /// Bytes that `run` needs at `scratch`, 64-byte aligned; 0 for most shapes.
  size_t scratch_bytes() const { return scratch_bytes_; }
  const GemmSpec& spec() const { return spec_; }

  /// Bytes of B as `pack_b` leaves it, 64-byte aligned: in the order in which the tiles read it.
  /// 0 where that is no use: several matrices B, or a single column.
  size_t packed_b_bytes() const;
  /// B for many runs. The products have the same bits.
  void pack_b(const float* b, float* packed) const;

  /// Computes C; never allocates.
  ///   rows   replaces m where it is the run-time batch (at most the planned m); -1: as planned.
  ///          A dense transposed A then has rows of this length.
  ///   pool   splits the work if there is enough of it; null: the calling thread does all.
  ///   bias   float32[n], for the epilogues that add one
  ///   depth  replaces k, as `rows` does m (a weight's gradient sums over the batch)
  ///   packed what pack_b made of b, or null
  void run(const float* a, const float* b, float* c, void* scratch, int64_t rows = -1,
           base::Pool* pool = nullptr, const float* bias = nullptr, int64_t depth = -1,
           const float* packed = nullptr) const;

 private:
  void run_plan(GemmPlan& plan, void* scratch, base::Pool* pool) const;

  GemmSpec spec_;
  GemmCode code_;
  GemmPlan plan_;  // for the planned extents; others are planned in run
  size_t scratch_bytes_ = 0;
  int64_t packed_width_ = 0;
};

/// The same product for double (multiply, then add), int32 and int64 (wrapping), k ascending.
/// No epilogue. One thread; blocked for the caches only.
template <class T>
void simple_gemm(const GemmSpec& spec, const T* a, const T* b, T* c, int64_t rows = -1,
                 int64_t depth = -1);

}  // namespace reckon::kernels
