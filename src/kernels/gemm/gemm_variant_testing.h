// SPDX-License-Identifier: Apache-2.0
// For tests: the regions and transposes of one instruction set against plain loops of fma, bit for
// bit, with guards around all that is written.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/gemm/gemm_region.h"

namespace reckon::kernels::testing_support {

inline constexpr float kGuard = 77.0f;

/// A region with its operands. C and the rows of A and B are wider than the product.
struct RegionScene {
  int64_t rows = 1, columns = 1, depth = 1;
  bool a_by_column = false;  ///< A is stored [depth, rows]
  bool b_by_column = false;  ///< B is stored [columns, depth]: packed, or turned in registers
  bool pack_b = false;
  int64_t depth_block = 400;
  bool with_bias = false, one_bias = false, relu = false;

  std::string text() const {
    return std::to_string(rows) + " x " + std::to_string(depth) + " x " + std::to_string(columns) +
           (a_by_column ? ", A by column" : "") + (b_by_column ? ", B by column" : "") +
           (pack_b ? ", packed" : "") + ", blocks of " + std::to_string(depth_block) +
           (with_bias ? one_bias ? ", one bias" : ", bias" : "") + (relu ? ", relu" : "");
  }
};

inline std::vector<float> normal_floats(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(generator);
  return values;
}

/// The region of a scene over its operands; C is to be set.
inline GemmRegion region_of(const RegionScene& s, const float* a, const float* b,
                            const float* bias) {
  GemmRegion r;
  r.a = a;
  r.a_row_stride = s.a_by_column ? 1 : s.depth + 3;
  r.a_k_stride = s.a_by_column ? s.rows + 3 : 1;
  r.a_block_stride = s.depth_block * r.a_k_stride;
  r.b = b;
  r.b_k_stride = s.b_by_column ? 1 : s.columns + 5;
  r.b_column_stride = s.b_by_column ? s.depth + 5 : 1;
  r.pack_b = s.pack_b;
  r.c_row_stride = s.columns + 7;
  r.rows = s.rows;
  r.columns = s.columns;
  r.depth = s.depth;
  r.depth_block = s.depth_block;
  r.bias = s.with_bias ? bias : nullptr;
  r.bias_step = s.one_bias ? 0 : 1;
  r.relu = s.relu;
  return r;
}

/// The definition: one chain of fma for each element.
inline void plain_region(const GemmRegion& r) {
  for (int64_t i = 0; i < r.rows; ++i) {
    for (int64_t j = 0; j < r.columns; ++j) {
      float sum = 0;
      for (int64_t k = 0; k < r.depth; ++k) {
        sum = std::fma(r.a[i * r.a_row_stride + k * r.a_k_stride],
                       r.b[k * r.b_k_stride + j * r.b_column_stride], sum);
      }
      if (r.bias != nullptr) sum += r.bias[j * r.bias_step];
      if (r.relu) sum = 0.0f > sum ? 0.0f : sum;
      r.c[i * r.c_row_stride + j] = sum;
    }
  }
}

/// Compares C and the guards around it.
inline void expect_region(const GemmCode& code, const RegionScene& s, uint32_t seed = 1) {
  const std::vector<float> a = normal_floats((s.rows + 3) * (s.depth + 3), seed);
  const std::vector<float> b = normal_floats((s.columns + 5) * (s.depth + 5), seed + 1);
  const std::vector<float> bias = normal_floats(s.columns, seed + 2);
  GemmRegion region = region_of(s, a.data(), b.data(), bias.data());
  std::vector<float> got(static_cast<size_t>(s.rows * region.c_row_stride + 64), kGuard);
  std::vector<float> want = got;
  region.c = want.data();
  plain_region(region);
  region.c = got.data();
  code.region(region);
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(std::bit_cast<uint32_t>(got[i]), std::bit_cast<uint32_t>(want[i]))
        << "element " << i << " of rows of " << region.c_row_stride << ": " << s.text();
  }
}

/// Extents around the registers' edges.
inline std::vector<int64_t> edge_columns(const GemmCode& code) {
  const int64_t lanes = code.vector_floats;
  return {1,         lanes - 1,     lanes,         lanes + 1,     2 * lanes - 1,
          2 * lanes, 2 * lanes + 1, 4 * lanes + 2, 8 * lanes - 1, 8 * lanes + 3};
}
inline std::vector<int64_t> edge_rows(const GemmCode& code) {
  std::vector<int64_t> rows;
  for (int64_t r = 1; r <= code.tile_rows + 2; ++r) rows.push_back(r);
  rows.push_back(2 * code.tile_rows - 1);
  rows.push_back(2 * code.tile_rows + 1);
  return rows;
}

/// Every tile size, in each storage order of A and B.
inline void expect_every_tile(const GemmCode& code) {
  uint32_t seed = 0;
  for (int64_t rows : edge_rows(code)) {
    for (int64_t columns : edge_columns(code)) {
      for (int order = 0; order < 4; ++order) {
        RegionScene s;
        s.rows = rows;
        s.columns = columns;
        s.depth = 1 + 7 * (++seed % 5);
        s.a_by_column = (order & 1) != 0;
        s.b_by_column = (order & 2) != 0;
        s.pack_b = s.b_by_column;
        ASSERT_NO_FATAL_FAILURE(expect_region(code, s, seed));
      }
    }
  }
}

/// An accumulator goes on from C after each block of k; bias and relu wait for the last one.
inline void expect_blocks_of_depth(const GemmCode& code) {
  for (int64_t depth : {15, 16, 17, 32, 47, 100}) {
    for (int64_t rows : {int64_t{1}, int64_t{2}, int64_t{3}, int64_t{code.tile_rows} + 1}) {
      for (int form = 0; form < 4; ++form) {
        RegionScene s;
        s.rows = rows;
        s.columns = 2 * code.vector_floats + 1;
        s.depth = depth;
        s.depth_block = 16;
        s.a_by_column = (form & 1) != 0;
        s.pack_b = (form & 2) != 0;
        s.with_bias = s.relu = true;
        ASSERT_NO_FATAL_FAILURE(expect_region(code, s, static_cast<uint32_t>(depth)));
        // One row of a transposed B is never cut: it has no other blocks.
        s.b_by_column = s.pack_b = true;
        ASSERT_NO_FATAL_FAILURE(expect_region(code, s, static_cast<uint32_t>(depth)));
      }
    }
  }
}

/// A panel of the longest block of k fills the room on the stack and no more.
inline void expect_longest_panel(const GemmCode& code) {
  for (int64_t rows : {1, 2, 5}) {
    RegionScene s;
    s.rows = rows;
    s.columns = 9 * code.vector_floats + 2;
    s.depth = kDepthBlock + 3;
    s.depth_block = kDepthBlock;
    s.pack_b = true;
    ASSERT_NO_FATAL_FAILURE(expect_region(code, s));
    s.b_by_column = true;
    ASSERT_NO_FATAL_FAILURE(expect_region(code, s));
  }
}

inline void expect_epilogues(const GemmCode& code) {
  for (int64_t rows : {1, 2, 4}) {
    for (int form = 0; form < 8; ++form) {
      RegionScene s;
      s.rows = rows;
      s.columns = 2 * code.vector_floats + 3;
      s.depth = 9;
      s.with_bias = (form & 1) != 0;
      s.one_bias = (form & 2) != 0;
      s.relu = (form & 4) != 0;
      ASSERT_NO_FATAL_FAILURE(expect_region(code, s));
      s.b_by_column = s.pack_b = true;
      ASSERT_NO_FATAL_FAILURE(expect_region(code, s));
      s.depth = 0;
      s.b_by_column = s.pack_b = false;
      ASSERT_NO_FATAL_FAILURE(expect_region(code, s));
    }
  }
}

/// relu(NaN) is NaN, relu(-0) is -0: what the separate op gives.
inline void expect_relu_of_special_values(const GemmCode& code) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> b = {nan, -1.0f, -inf, inf, 2.0f}, zero_bias(5, -0.0f);
  std::vector<float> c(5, kGuard);
  const float one = 1.0f;
  RegionScene s;
  s.columns = 5;
  s.with_bias = s.relu = true;
  GemmRegion region = region_of(s, &one, b.data(), zero_bias.data());
  region.c = c.data();
  code.region(region);
  EXPECT_TRUE(std::isnan(c[0]));
  EXPECT_EQ(c[1], 0.0f);
  EXPECT_FALSE(std::signbit(c[1]));
  EXPECT_EQ(c[2], 0.0f);
  EXPECT_EQ(c[3], inf);
  EXPECT_EQ(c[4], 2.0f);
}

/// target[c, r] = source[r, c]; nothing beyond a whole vector of each target row is written.
inline void expect_transpose(const GemmCode& code, int64_t rows, int64_t columns) {
  const int64_t lanes = code.vector_floats, written = (rows + lanes - 1) / lanes * lanes;
  const int64_t source_stride = columns + 3, target_stride = written + 5;
  const std::vector<float> source = normal_floats(rows * source_stride, 1);
  std::vector<float> target(static_cast<size_t>(columns * target_stride), kGuard);
  code.transpose({source.data(), source_stride, rows, columns, target.data(), target_stride});
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t r = 0; r < target_stride; ++r) {
      const float got = target[static_cast<size_t>(c * target_stride + r)];
      if (r < rows) {
        ASSERT_EQ(got, source[static_cast<size_t>(r * source_stride + c)])
            << r << ", " << c << " of " << rows << " x " << columns;
      } else if (r >= written) {
        ASSERT_EQ(got, kGuard) << r << ", " << c << " of " << rows << " x " << columns;
      }
    }
  }
}

inline void expect_every_transpose(const GemmCode& code) {
  const int64_t most = 2 * code.vector_floats + 1;
  for (int64_t rows = 1; rows <= most; ++rows) {
    for (int64_t columns = 1; columns <= most; ++columns) {
      ASSERT_NO_FATAL_FAILURE(expect_transpose(code, rows, columns));
    }
  }
}

}  // namespace reckon::kernels::testing_support
