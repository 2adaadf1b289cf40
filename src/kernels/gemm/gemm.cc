// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm/gemm.h"

#include <algorithm>

#include "base/check.h"
#include "kernels/gemm/gemm_region.h"

namespace reckon::kernels {
namespace {

// Below this many floating-point operations (~10 us of one core) a part is not worth handing over.
constexpr double kPartFlops = 2e6;
constexpr int64_t kMostParts = 64;

int64_t divide_up(int64_t value, int64_t by) { return (value + by - 1) / by; }
int64_t round_up(int64_t value, int64_t to) { return divide_up(value, to) * to; }

GemmPlan make_problem(const GemmSpec& s, int64_t rows, int64_t depth) {
  GemmPlan p;
  p.batch = s.batch;
  p.stride_a = s.batch_stride_a;
  p.stride_b = s.batch_stride_b;
  p.stride_c = s.batch_stride_c;
  GemmRegion& r = p.whole;
  const int64_t row_a = s.transpose_a ? rows : depth, row_b = s.transpose_b ? depth : s.n;
  r.a_row_stride = s.transpose_a ? 1 : row_a;
  r.a_k_stride = s.transpose_a ? row_a : 1;
  r.b_k_stride = s.transpose_b ? 1 : row_b;
  r.b_column_stride = s.transpose_b ? row_b : 1;
  r.c_row_stride = s.n;
  r.rows = rows;
  r.columns = s.n;
  r.depth = depth;
  r.relu = s.epilogue == GemmEpilogue::kRelu || s.epilogue == GemmEpilogue::kBiasRelu;
  return p;
}

// A broadcast B under dense A and C is one taller product.
void fold_batch(GemmPlan& p) {
  GemmRegion& r = p.whole;
  if (p.batch <= 1 || p.stride_b != 0 || r.a_k_stride != 1) return;
  if (p.stride_a != r.rows * r.a_row_stride || p.stride_c != r.rows * r.c_row_stride) return;
  r.rows *= p.batch;
  p.batch = 1;
}

// One column is computed as one row of the transposed product: lanes run along the rows.
void turn_column(GemmPlan& p) {
  GemmRegion& r = p.whole;
  if (r.columns != 1 || r.rows == 1 || r.c_row_stride != 1) return;
  p.is_turned = true;
  std::swap(p.stride_a, p.stride_b);
  const int64_t a_row = r.a_row_stride, a_k = r.a_k_stride;
  r.a_row_stride = 1;
  r.a_k_stride = r.b_k_stride;
  r.b_k_stride = a_k;
  r.b_column_stride = a_row;
  r.columns = r.rows;
  r.rows = 1;
  r.c_row_stride = r.columns;
  r.bias_step = 0;
}

// Packed panels are read in order; that pays for the copy when many rows of A use one, and a
// transposed B has no other form.
bool wants_packed_b(const GemmRegion& r) {
  if (r.b_column_stride != 1) return true;
  return r.rows >= 128 && r.depth * r.columns > 384 * 320;
}

// A copy pays when many panels of B read it: where A is strided, or its rows share cache sets.
bool wants_packed_a(const GemmRegion& r) {
  if (r.rows < 64 || r.columns < 256 || r.depth < 64) return false;
  return r.a_k_stride != 1 || r.a_row_stride % 512 == 0;
}

void set_blocks(GemmRegion& r) {
  r.pack_b = wants_packed_b(r);
  const int64_t blocks = std::max<int64_t>(divide_up(r.depth, kDepthBlock), 1);
  r.depth_block = std::max<int64_t>(round_up(divide_up(r.depth, blocks), 16), 16);
  r.a_block_stride = r.depth_block * r.a_k_stride;
}

// How the work is cut: from shapes alone.
void set_parts(GemmPlan& p, const GemmCode& code) {
  const GemmRegion& r = p.whole;
  const double flops = 2.0 * static_cast<double>(r.rows) * static_cast<double>(r.columns) *
                       static_cast<double>(std::max<int64_t>(r.depth, 1));
  p.part_matrices = std::clamp<int64_t>(static_cast<int64_t>(kPartFlops / flops), 1, p.batch);
  p.batch_parts = divide_up(p.batch, p.part_matrices);
  const int64_t wanted =
      std::clamp<int64_t>(static_cast<int64_t>(flops / kPartFlops), 1, kMostParts);
  // A k block of these rows of A stays in the second-level cache while B's panels pass.
  p.row_parts = divide_up(r.rows, int64_t{code.tile_rows} * 16);
  p.part_rows = std::min(round_up(divide_up(r.rows, p.row_parts), code.tile_rows), r.rows);
  p.row_parts = divide_up(r.rows, p.part_rows);
  const int64_t column_parts = std::max<int64_t>(divide_up(wanted, p.row_parts), 1);
  p.part_columns = std::min(round_up(divide_up(r.columns, column_parts), 128), r.columns);
  p.column_parts = divide_up(r.columns, p.part_columns);
}

GemmPlan make_plan(const GemmSpec& spec, const GemmCode& code, int64_t rows, int64_t depth) {
  GemmPlan plan = make_problem(spec, rows, depth);
  if (rows == 0 || spec.n == 0 || spec.batch == 0) return plan;
  fold_batch(plan);
  turn_column(plan);
  set_blocks(plan.whole);
  set_parts(plan, code);
  return plan;
}

void run_matrices(const GemmPlan& p, const GemmCode& code, GemmRegion& r, int64_t matrices) {
  for (int64_t matrix = 0; matrix < matrices; ++matrix) {
    code.region(r);
    r.a += p.stride_a;
    r.b += p.stride_b;
    r.c += p.stride_c;
  }
}

void run_part(const GemmPlan& p, const GemmCode& code, int64_t part) {
  const int64_t column_part = part % p.column_parts;
  const int64_t row_part = part / p.column_parts % p.row_parts;
  const int64_t first = part / p.column_parts / p.row_parts * p.part_matrices;
  const int64_t row = row_part * p.part_rows, column = column_part * p.part_columns;
  GemmRegion r = p.whole;
  r.rows = std::min(p.part_rows, r.rows - row);
  r.columns = std::min(p.part_columns, r.columns - column);
  r.a += row * r.a_row_stride + first * p.stride_a;
  r.b += column * r.b_column_stride + first * p.stride_b;
  r.c += row * r.c_row_stride + column + first * p.stride_c;
  r.first_column = column;
  if (r.bias != nullptr) r.bias += column * r.bias_step;
  run_matrices(p, code, r, std::min(p.part_matrices, p.batch - first));
}

void run_parts(base::Pool* pool, int64_t parts, auto&& function) {
  if (pool != nullptr && parts > 1) {
    pool->run(parts, function);
  } else {
    for (int64_t part = 0; part < parts; ++part) function(part);
  }
}

// A packed row of a k block is padded to an odd number of cache lines: no two rows share a set.
int64_t packed_stride(int64_t depth_block) { return (depth_block / 16 | 1) * 16; }

void pack_a(GemmRegion& r, const GemmCode& code, float* packed, base::Pool* pool) {
  const GemmRegion from = r;
  r.a = packed;
  r.a_row_stride = packed_stride(r.depth_block);
  r.a_k_stride = 1;
  r.a_block_stride = r.rows * r.a_row_stride;
  constexpr int64_t kRows = 64;
  const int64_t row_parts = divide_up(r.rows, kRows), blocks = divide_up(r.depth, r.depth_block);
  run_parts(pool, row_parts * blocks, [&](int64_t part) {
    const int64_t row = part % row_parts * kRows, block = part / row_parts;
    const int64_t rows = std::min(kRows, r.rows - row), k = block * r.depth_block;
    const int64_t depth = std::min(r.depth_block, r.depth - k);
    const float* source = from.a + row * from.a_row_stride + k * from.a_k_stride;
    float* target = packed + block * r.a_block_stride + row * r.a_row_stride;
    if (from.a_k_stride != 1) {
      code.transpose({source, from.a_k_stride, depth, rows, target, r.a_row_stride});
      return;
    }
    for (int64_t i = 0; i < rows; ++i) {
      std::copy_n(source + i * from.a_row_stride, depth, target + i * r.a_row_stride);
    }
  });
}

}  // namespace

GemmCode gemm_code(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return gemm_code_avx512();
    case Isa::kAvx2:
      return gemm_code_avx2();
    case Isa::kPortable:
      break;
  }
  return gemm_code_portable();
}

Gemm::Gemm(const GemmSpec& spec, Isa isa)
    : spec_(spec), code_(gemm_code(isa)), plan_(make_plan(spec, code_, spec.m, spec.k)) {
  const GemmRegion& r = plan_.whole;
  // Tiles of three rows and more take the narrowest panels, so these serve every number of rows.
  packed_width_ = code_.panel_width(r.rows == 1 ? 1 : 3);
  if (!wants_packed_a(r)) return;
  const int64_t blocks = divide_up(r.depth, 128);
  scratch_bytes_ = static_cast<size_t>((r.depth + 48 * blocks) * r.rows) * sizeof(float);
}

size_t Gemm::packed_b_bytes() const {
  const GemmRegion& r = plan_.whole;
  if (plan_.is_turned || plan_.batch != 1 || r.columns == 1 || r.rows * r.columns * r.depth == 0)
    return 0;
  return static_cast<size_t>(round_up(r.columns, code_.vector_floats) * r.depth) * sizeof(float);
}

void Gemm::pack_b(const float* b, float* packed) const {
  GemmRegion r = plan_.whole;
  r.b = b;
  r.packed_width = packed_width_;
  r.packed_columns = round_up(r.columns, code_.vector_floats);
  code_.pack(r, packed);
}

void Gemm::run(const float* a, const float* b, float* c, void* scratch, int64_t rows,
               base::Pool* pool, const float* bias, int64_t depth, const float* packed) const {
  const bool is_planned = (rows < 0 || rows == spec_.m) && (depth < 0 || depth == spec_.k);
  GemmPlan plan =
      is_planned ? plan_
                 : make_plan(spec_, code_, rows < 0 ? spec_.m : rows, depth < 0 ? spec_.k : depth);
  GemmRegion& r = plan.whole;
  if (r.rows == 0 || r.columns == 0 || plan.batch == 0) return;
  r.a = plan.is_turned ? b : a;
  r.b = plan.is_turned ? a : b;
  r.c = c;
  const bool adds_bias =
      spec_.epilogue == GemmEpilogue::kBias || spec_.epilogue == GemmEpilogue::kBiasRelu;
  r.bias = adds_bias ? bias : nullptr;
  // The blocks of k are those that were packed, and some panels are too wide for several rows.
  if (packed != nullptr && r.depth == plan_.whole.depth &&
      packed_width_ <= code_.panel_width(r.rows)) {
    r.packed = packed;
    r.packed_width = packed_width_;
    r.packed_columns = round_up(r.columns, code_.vector_floats);
  }
  run_plan(plan, scratch, pool);
}

void Gemm::run_plan(GemmPlan& plan, void* scratch, base::Pool* pool) const {
  if (scratch_bytes_ == 0) {
    if (plan.parts() == 1) return run_matrices(plan, code_, plan.whole, plan.batch);
    run_parts(pool, plan.parts(), [&](int64_t part) { run_part(plan, code_, part); });
    return;
  }
  // The packed A has room for one matrix, so the batch goes one by one.
  GemmPlan one = plan;
  one.batch = one.batch_parts = one.part_matrices = 1;
  for (int64_t i = 0; i < plan.batch; ++i) {
    one.whole = plan.whole;
    one.whole.a += i * plan.stride_a;
    one.whole.b += i * plan.stride_b;
    one.whole.c += i * plan.stride_c;
    pack_a(one.whole, code_, static_cast<float*>(scratch), pool);
    run_parts(pool, one.parts(), [&](int64_t part) { run_part(one, code_, part); });
  }
}

}  // namespace reckon::kernels
