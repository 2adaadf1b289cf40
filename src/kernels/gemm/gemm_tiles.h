// SPDX-License-Identifier: Apache-2.0
// Register tiles of the matrix product, written once over a vector type `V` that each gemm_<isa>.cc
// supplies from its unnamed namespace (so that no instantiation is shared between instruction
// sets). Invariant: an accumulator is resumed from C, and k ascends, so every element is one fma
// chain.
#pragma once

#include <cstdint>
#include <utility>

#include "kernels/gemm/gemm_region.h"

namespace reckon::kernels {

template <class V>
struct GemmTiles {
  using Reg = typename V::Reg;
  static constexpr int kLanes = V::kLanes;
  static constexpr int kAhead = 16;  // steps of k between fetching a row of B and using it

  /// One register tile: `depth` steps of k.
  struct Tile {
    const float* a;
    int64_t a_stride;  // from row to row, or from k to k, whichever is not 1
    const float* b;
    int64_t b_stride;
    float* c;
    int64_t c_stride;
    int64_t depth;
    int last;     // columns in the last vector
    bool resume;  // C holds the chain so far
    const float* bias;
    int64_t bias_step;
    bool relu;
    // What later tiles will read, fetched into the caches one step per k (a step of 0: nothing).
    const float* ahead_a;
    int64_t ahead_a_step;
    const float* ahead_b;
    int64_t ahead_b_step;
  };
  using TileFunction = void (*)(const Tile&);

  template <int kRows, int kVectors>
  [[gnu::always_inline]] static void finish(const Tile& t, typename V::Mask mask,
                                            Reg (&acc)[kRows][kVectors]) {
    // Everything is unrolled: an accumulator that is indexed at run time would live in memory.
    if (t.bias != nullptr) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        const bool is_last = v == kVectors - 1;
        const float* at = t.bias + v * kLanes * t.bias_step;
        const Reg bias =
            t.bias_step == 0 ? V::broadcast(at) : (is_last ? V::load(at, mask) : V::load(at));
#pragma GCC unroll 16
        for (int i = 0; i < kRows; ++i) acc[i][v] = V::add(acc[i][v], bias);
      }
    }
    if (t.relu) {
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) acc[i][v] = V::relu(acc[i][v]);
      }
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      float* row = t.c + i * t.c_stride;
#pragma GCC unroll 8
      for (int v = 0; v < kVectors - 1; ++v) V::store(row + v * kLanes, acc[i][v]);
      V::store(row + (kVectors - 1) * kLanes, acc[i][kVectors - 1], mask, t.last);
    }
  }

  template <bool kByRow, int kRows, int kVectors>
  static void tile(const Tile& t) {
    const typename V::Mask mask = V::mask(t.last);
    Reg acc[kRows][kVectors];
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        const float* at = t.c + i * t.c_stride + v * kLanes;
        acc[i][v] = !t.resume ? V::zero() : (v == kVectors - 1 ? V::load(at, mask) : V::load(at));
      }
    }
    // Rows in threes share a pointer: base, base + stride, base + 2 strides are addressing modes.
    constexpr int kBases = kByRow ? (kRows + 2) / 3 : 1;
    const int64_t stride = t.a_stride;
    const float* base[kBases];
    for (int g = 0; g < kBases; ++g) base[g] = t.a + 3 * g * (kByRow ? stride : 0);
    const float* b = t.b;
    const int64_t b_stride = t.b_stride;
    const float* ahead_a = t.ahead_a;
    const float* ahead_b = t.ahead_b;
    for (int64_t k = t.depth; k > 0; --k) {
      Reg column[kVectors];
      if constexpr (kRows > 2) {
        __builtin_prefetch(ahead_a);
        ahead_a += t.ahead_a_step;
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) __builtin_prefetch(ahead_b + v * kLanes);
        ahead_b += t.ahead_b_step;
      }
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        column[v] = v == kVectors - 1 ? V::load(b + v * kLanes, mask) : V::load(b + v * kLanes);
      }
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const Reg factor = V::broadcast(kByRow ? base[i / 3] + (i % 3) * stride : base[0] + i);
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) acc[i][v] = V::fma(factor, column[v], acc[i][v]);
      }
      b += b_stride;
#pragma GCC unroll 8
      for (int g = 0; g < kBases; ++g) base[g] += kByRow ? 1 : stride;
    }
    finish<kRows, kVectors>(t, mask, acc);
  }

  /// Vectors of columns in one tile: few rows take more of them, to keep enough chains in flight.
  static constexpr int vectors_of(int rows) {
    return rows == 1 ? V::kVectorsOfOneRow : rows == 2 ? V::kVectorsOfTwoRows : 2;
  }

  static constexpr int kMostVectors = 8;
  struct Table {
    TileFunction at[V::kTileRows][kMostVectors] = {};
  };

  template <bool kByRow, int kRows, int... kIndex>
  static constexpr void fill_row(Table& table, std::integer_sequence<int, kIndex...>) {
    ((table.at[kRows - 1][kIndex] = &tile<kByRow, kRows, kIndex + 1>), ...);
  }

  template <bool kByRow, int... kIndex>
  static constexpr Table make_table(std::integer_sequence<int, kIndex...>) {
    Table table;
    (fill_row<kByRow, kIndex + 1>(table, std::make_integer_sequence<int, vectors_of(kIndex + 1)>()),
     ...);
    return table;
  }

  template <bool kByRow>
  static constexpr Table kTable =
      make_table<kByRow>(std::make_integer_sequence<int, V::kTileRows>());

  /// Full tiles, then two near-equal rests: no tail of one row, which would wait for its own chain.
  static int next_rows(int64_t left) {
    if (left >= 2 * V::kTileRows || left == V::kTileRows) return V::kTileRows;
    return static_cast<int>(left > V::kTileRows ? (left + 1) / 2 : left);
  }

  static void transpose(const GemmTranspose& t) {
    Reg block[kLanes];
    for (int64_t r = 0; r < t.rows; r += kLanes) {
      const int rows = static_cast<int>(t.rows - r < kLanes ? t.rows - r : kLanes);
      for (int64_t c = 0; c < t.columns; c += kLanes) {
        const int columns = static_cast<int>(t.columns - c < kLanes ? t.columns - c : kLanes);
        V::transpose(t.source + r * t.source_stride + c, t.source_stride, rows, columns, block);
        for (int i = 0; i < columns; ++i)
          V::store(t.target + (c + i) * t.target_stride + r, block[i]);
      }
    }
  }

  static void copy_panel(const float* b, int64_t stride, int64_t depth, int64_t columns,
                         float* panel, int64_t panel_stride) {
    for (int64_t k = 0; k < depth; ++k) {
      int64_t c = 0;
      for (; c + kLanes <= columns; c += kLanes) V::store(panel + c, V::load(b + c));
      if (c < columns) V::store(panel + c, V::load(b + c, V::mask(columns - c)));
      b += stride;
      panel += panel_stride;
    }
  }

  /// One row of A times a transposed B: the blocks are turned in registers, never stored.
  static void one_row_transposed(const GemmRegion& r) {
    Reg block[kLanes];
    for (int64_t j = 0; j < r.columns; j += kLanes) {
      const int columns = static_cast<int>(r.columns - j < kLanes ? r.columns - j : kLanes);
      const float* b = r.b + j * r.b_column_stride;
      Reg acc[1][1] = {{V::zero()}};
      for (int64_t k = 0; k < r.depth; k += kLanes) {
        const int depth = static_cast<int>(r.depth - k < kLanes ? r.depth - k : kLanes);
        V::transpose(b + k, r.b_column_stride, columns, depth, block);
        const float* a = r.a + k * r.a_k_stride;
        if (depth == kLanes) {
#pragma GCC unroll 16
          for (int i = 0; i < kLanes; ++i) {
            acc[0][0] = V::fma(V::broadcast(a + i * r.a_k_stride), block[i], acc[0][0]);
          }
        } else {
          for (int i = 0; i < depth; ++i) {
            acc[0][0] = V::fma(V::broadcast(a + i * r.a_k_stride), block[i], acc[0][0]);
          }
        }
      }
      Tile t = {};
      t.c = r.c + j;
      t.last = columns;
      t.bias = r.bias == nullptr ? nullptr : r.bias + j * r.bias_step;
      t.bias_step = r.bias_step;
      t.relu = r.relu;
      finish<1, 1>(t, V::mask(columns), acc);
    }
  }

  static int64_t panel_width(int64_t rows) {
    return vectors_of(rows > 2 ? 3 : static_cast<int>(rows)) * kLanes;
  }

  static int64_t padded(int64_t columns) { return (columns + kLanes - 1) / kLanes * kLanes; }

  /// The panel from column j on, of a block of k that begins at k.
  static int64_t panel_offset(const GemmRegion& r, int64_t k, int64_t j, int64_t depth) {
    return k * r.packed_columns + (r.first_column + j) * depth;
  }

  static void pack(const GemmRegion& r, float* packed) {
    for (int64_t k = 0; k < r.depth; k += r.depth_block) {
      const int64_t depth = r.depth - k < r.depth_block ? r.depth - k : r.depth_block;
      for (int64_t j = 0; j < r.columns; j += r.packed_width) {
        const int64_t columns = r.columns - j < r.packed_width ? r.columns - j : r.packed_width;
        const float* b = r.b + k * r.b_k_stride + j * r.b_column_stride;
        float* panel = packed + panel_offset(r, k, j, depth);
        copy_or_turn(r, b, depth, columns, panel, padded(columns));
      }
    }
  }

  static void region(const GemmRegion& r) {
    if (r.rows == 1 && r.b_column_stride != 1 && r.packed == nullptr) return one_row_transposed(r);
    alignas(64) float panel[kPanelFloats];
    const bool by_row = r.rows > 1 && r.a_k_stride == 1;
    int64_t width = panel_width(r.rows);
    if (r.pack_b && width * r.depth_block > kPanelFloats) width = 2 * kLanes;
    if (r.packed != nullptr) width = r.packed_width;
    Tile t;
    t.a_stride = by_row ? r.a_row_stride : r.a_k_stride;
    t.c_stride = r.c_row_stride;
    t.bias_step = r.bias_step;
    int64_t block = 0;
    for (int64_t k = 0; k == 0 || k < r.depth; k += r.depth_block, ++block) {
      t.depth = r.depth - k < r.depth_block ? r.depth - k : r.depth_block;
      const bool is_last = k + r.depth_block >= r.depth;
      t.resume = k > 0;
      t.relu = is_last && r.relu;
      const float* a = r.a + block * r.a_block_stride;
      for (int64_t j = 0; j < r.columns; j += width) {
        const int columns = static_cast<int>(r.columns - j < width ? r.columns - j : width);
        const int vectors = (columns + kLanes - 1) / kLanes;
        t.last = columns - (vectors - 1) * kLanes;
        t.bias = is_last && r.bias != nullptr ? r.bias + j * r.bias_step : nullptr;
        set_panel(r, k, j, columns, panel, t);
        run_rows(r, a, j, vectors, by_row, t);
      }
    }
  }

 private:
  static void copy_or_turn(const GemmRegion& r, const float* b, int64_t depth, int64_t columns,
                           float* panel, int64_t panel_stride) {
    if (r.b_column_stride == 1) {
      copy_panel(b, r.b_k_stride, depth, columns, panel, panel_stride);
    } else {
      transpose({b, r.b_column_stride, columns, depth, panel, panel_stride});
    }
  }

  static void set_panel(const GemmRegion& r, int64_t k, int64_t j, int columns, float* panel,
                        Tile& t) {
    if (r.packed != nullptr) {
      t.b = r.packed + panel_offset(r, k, j, t.depth);
      t.b_stride = padded(columns);
      t.ahead_b_step = t.b_stride;
      t.ahead_b = t.b + kAhead * t.b_stride;
      return;
    }
    const float* b = r.b + k * r.b_k_stride + j * r.b_column_stride;
    t.b = b;
    t.b_stride = r.b_k_stride;
    t.ahead_b_step = r.b_column_stride == 1 ? r.b_k_stride : 0;
    if (!r.pack_b) {
      t.ahead_b = b + kAhead * r.b_k_stride;
      return;
    }
    t.ahead_b = b + 2 * kLanes * r.b_column_stride;  // the next panel, before it is packed
    t.b = panel;
    t.b_stride = padded(columns);
    copy_or_turn(r, b, t.depth, columns, panel, t.b_stride);
  }

  static void run_rows(const GemmRegion& r, const float* a, int64_t j, int vectors, bool by_row,
                       Tile& t) {
    const Table& table = by_row ? kTable<true> : kTable<false>;
    // Rows that follow each other in memory are fetched as one run, for the first panel.
    const bool is_run = by_row && j == 0 && r.a_row_stride <= t.depth + 2 * 16;
    for (int64_t i = 0; i < r.rows;) {
      const int rows = next_rows(r.rows - i);
      t.a = a + i * r.a_row_stride;
      t.c = r.c + i * r.c_row_stride + j;
      t.ahead_a = is_run ? t.a + rows * r.a_row_stride : t.a;
      t.ahead_a_step = is_run ? rows : 0;
      table.at[rows - 1][vectors - 1](t);
      i += rows;
      t.ahead_b = t.b;
      t.ahead_b_step = 0;
    }
  }
};

}  // namespace reckon::kernels
