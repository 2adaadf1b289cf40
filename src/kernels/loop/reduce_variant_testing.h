// SPDX-License-Identifier: Apache-2.0
// For tests: the reductions and gathers of one instruction set against their definitions, in plain
// loops that keep the order of the joins.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/loop/loop_kernels.h"
#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels::testing_support {

/// The join of two values. Sums and products of integers wrap.
template <class T>
T joined(ReduceKind kind, T a, T b) {
  using Wide = std::conditional_t<std::is_floating_point_v<T>, T, uint64_t>;
  const bool is_b_nan = b != b;
  switch (kind) {
    case ReduceKind::kSum:
      return static_cast<T>(static_cast<Wide>(a) + static_cast<Wide>(b));
    case ReduceKind::kProd:
      return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b));
    case ReduceKind::kMax:
      return b > a || is_b_nan ? b : a;
    case ReduceKind::kMin:
      return b < a || is_b_nan ? b : a;
    case ReduceKind::kAny:
      return a != 0 || b != 0;
    default:
      return a != 0 && b != 0;
  }
}

template <class T>
T empty_reduction(ReduceKind kind) {
  using Limits = std::numeric_limits<T>;
  const T most = Limits::has_infinity ? Limits::infinity() : Limits::max();
  const T least = Limits::has_infinity ? static_cast<T>(-most) : Limits::lowest();
  switch (kind) {
    case ReduceKind::kMax:
      return least;
    case ReduceKind::kMin:
      return most;
    case ReduceKind::kProd:
    case ReduceKind::kAll:
      return 1;
    default:
      return 0;
  }
}

/// Sixteen interleaved partial results; lane i with i + 8, then i + 4, then neighbours.
template <class T>
T reduced_row(ReduceKind kind, const T* row, int64_t length) {
  std::vector<T> lanes(kReduceLanes, empty_reduction<T>(kind));
  for (int64_t j = 0; j < length; ++j) {
    T& lane = lanes[static_cast<size_t>(j % kReduceLanes)];
    lane = joined(kind, lane, row[j]);
  }
  for (size_t half : {8, 4}) {
    for (size_t i = 0; i < half; ++i) lanes[i] = joined(kind, lanes[i], lanes[i + half]);
  }
  return joined(kind, joined(kind, lanes[0], lanes[1]), joined(kind, lanes[2], lanes[3]));
}

template <class T>
void expect_equal_elements(const std::vector<T>& got, const std::vector<T>& want,
                           const std::string& what) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) {
    if (got[i] != got[i] && want[i] != want[i]) continue;  // one NaN is as good as another
    ASSERT_EQ(std::memcmp(&got[i], &want[i], sizeof(T)), 0)
        << what << ": element " << i << " is " << +got[i] << ", not " << +want[i];
  }
}

template <class T>
std::vector<T> values_to_reduce(Lane lane, int64_t size, bool with_nan) {
  Buffer buffer(lane, size);
  std::mt19937 random(static_cast<uint32_t>(size) + 1);
  buffer.fill(random);
  if (with_nan && expr::is_float(lane) && size > 3) buffer.set(size * 2 / 3, std::nan(""));
  std::vector<T> values;
  for (int64_t i = 0; i < size; ++i) values.push_back(buffer.get<T>(i));
  return values;
}

template <class T>
void expect_rows(const ReduceKernels& kernels, ReduceKind kind, Lane lane) {
  for (int64_t length : {0, 1, 2, 5, 8, 15, 16, 17, 31, 33, 64, 100}) {
    for (int64_t rows : {1, 2, 3, 4, 5, 9}) {
      const std::vector<T> values = values_to_reduce<T>(lane, rows * length, length % 2 == 0);
      std::vector<T> got(static_cast<size_t>(rows) + 4, T(7)), want = got;
      kernels.rows(values.data(), rows, length, got.data());
      for (int64_t r = 0; r < rows; ++r) {
        want[static_cast<size_t>(r)] = reduced_row(kind, values.data() + r * length, length);
      }
      ASSERT_NO_FATAL_FAILURE(expect_equal_elements(
          got, want, "rows of " + std::to_string(length) + ", " + std::to_string(rows)));
    }
  }
}

/// Neighbours first, then their joins: groups that are left over wait for the next level.
template <class T>
void expect_trees(const ReduceKernels& kernels, ReduceKind kind, Lane lane) {
  for (int64_t width : {1, 2, 7, 16, 20}) {
    for (int64_t count : {1, 2, 3, 5, 8, 13}) {
      std::vector<T> groups = values_to_reduce<T>(lane, count * width, false), level = groups;
      kernels.tree(groups.data(), count, width);
      const auto step = static_cast<size_t>(width);
      while (level.size() > step) {
        std::vector<T> next;
        for (size_t at = 0; at < level.size(); at += 2 * step) {
          for (size_t i = at; i < at + step; ++i) {
            const bool has_neighbour = at + step < level.size();
            next.push_back(has_neighbour ? joined(kind, level[i], level[i + step]) : level[i]);
          }
        }
        level = next;
      }
      groups.resize(step);
      ASSERT_NO_FATAL_FAILURE(expect_equal_elements(
          groups, level, std::to_string(count) + " groups of " + std::to_string(width)));
    }
  }
}

template <class T>
void expect_accumulation(const ReduceKernels& kernels, ReduceKind kind, Lane lane) {
  for (int64_t n : {0, 1, 15, 16, 17, 50}) {
    const std::vector<T> from = values_to_reduce<T>(lane, n, true);
    std::vector<T> into(static_cast<size_t>(n) + 4), want;
    kernels.identity(into.data(), n);
    for (int64_t i = 0; i < n; ++i) {
      ASSERT_EQ(into[static_cast<size_t>(i)], empty_reduction<T>(kind));
    }
    want = into;
    for (size_t i = 0; i < from.size(); ++i) want[i] = joined(kind, want[i], from[i]);
    kernels.accumulate(into.data(), from.data(), n);
    ASSERT_NO_FATAL_FAILURE(expect_equal_elements(into, want, "accumulate"));
    for (size_t i = 0; i < from.size(); ++i) want[i] = joined(kind, want[i], from[i]);
    kernels.accumulate(into.data(), from.data(), n);
    ASSERT_NO_FATAL_FAILURE(expect_equal_elements(into, want, "accumulate again"));
  }
}

template <class T>
void expect_reduction(const LoopKernels& kernels, ReduceKind kind, Lane lane) {
  SCOPED_TRACE(std::string(lane_name(lane)) + ", kind " + std::to_string(static_cast<int>(kind)));
  const ReduceKernels reduce = kernels.reduce(kind, lane);
  ASSERT_NE(reduce.rows, nullptr);
  ASSERT_NO_FATAL_FAILURE(expect_rows<T>(reduce, kind, lane));
  ASSERT_NO_FATAL_FAILURE(expect_trees<T>(reduce, kind, lane));
  ASSERT_NO_FATAL_FAILURE(expect_accumulation<T>(reduce, kind, lane));
}

/// Every kind in every lane that has it; the others have no kernels at all.
inline void expect_reductions(const LoopKernels& kernels) {
  for (ReduceKind kind :
       {ReduceKind::kSum, ReduceKind::kProd, ReduceKind::kMax, ReduceKind::kMin}) {
    ASSERT_NO_FATAL_FAILURE(expect_reduction<float>(kernels, kind, Lane::kFloat32));
    ASSERT_NO_FATAL_FAILURE(expect_reduction<double>(kernels, kind, Lane::kFloat64));
    ASSERT_NO_FATAL_FAILURE(expect_reduction<int32_t>(kernels, kind, Lane::kInt32));
    ASSERT_NO_FATAL_FAILURE(expect_reduction<int64_t>(kernels, kind, Lane::kInt64));
    ASSERT_NO_FATAL_FAILURE(expect_reduction<uint8_t>(kernels, kind, Lane::kUInt8));
    EXPECT_EQ(kernels.reduce(kind, Lane::kBool).rows, nullptr);
  }
  for (ReduceKind kind : {ReduceKind::kAny, ReduceKind::kAll}) {
    ASSERT_NO_FATAL_FAILURE(expect_reduction<uint8_t>(kernels, kind, Lane::kBool));
    EXPECT_EQ(kernels.reduce(kind, Lane::kUInt8).rows, nullptr);
  }
  EXPECT_EQ(kernels.reduce(ReduceKind::kNone, Lane::kFloat32).rows, nullptr);
}

template <class T>
void expect_gathers(const LoopKernels& kernels) {
  std::vector<T> from(600);
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i * 7 + 1);
  for (int64_t stride : {0, 1, 2, 5}) {
    for (int64_t n : {1, 8, 33, 100}) {
      std::vector<T> out(static_cast<size_t>(n) + 4, T(99));
      kernels.gather(out.data(), from.data(), n, stride, sizeof(T));
      for (int64_t i = 0; i < n; ++i) {
        ASSERT_EQ(out[static_cast<size_t>(i)], from[static_cast<size_t>(i * stride)]) << stride;
      }
      for (size_t i = static_cast<size_t>(n); i < out.size(); ++i) ASSERT_EQ(out[i], T(99));
    }
  }
}

/// Rows of every form; no more than kOverrun bytes behind the last one are written.
template <class T>
void expect_gathered_rows(const LoopKernels& kernels) {
  std::vector<T> from(3000);
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i * 5 + 3);
  constexpr auto kOverrun = static_cast<size_t>(StridedRows::kOverrun) / sizeof(T);
  for (int64_t stride : {0, 1, 3}) {
    for (int64_t length : {1, 3, 16, 65, 100}) {
      for (int64_t rows : {1, 2, 7}) {
        const StridedRows shape = {rows, stride == 0 ? 1 : 2 * length, length, stride};
        const auto size = static_cast<size_t>(rows * length);
        std::vector<T> out(size + kOverrun + 8, T(99));
        kernels.gather_rows(out.data(), from.data(), shape, sizeof(T));
        for (size_t i = 0; i < size; ++i) {
          const int64_t row = static_cast<int64_t>(i) / length,
                        j = static_cast<int64_t>(i) % length;
          ASSERT_EQ(out[i], from[static_cast<size_t>(row * shape.row_stride + j * stride)])
              << row << ", " << j << " of rows of " << length << ", stride " << stride;
        }
        for (size_t i = size + kOverrun; i < out.size(); ++i) ASSERT_EQ(out[i], T(99));
      }
    }
  }
}

inline void expect_every_gather(const LoopKernels& kernels) {
  ASSERT_NO_FATAL_FAILURE(expect_gathers<uint8_t>(kernels));
  ASSERT_NO_FATAL_FAILURE(expect_gathers<uint32_t>(kernels));
  ASSERT_NO_FATAL_FAILURE(expect_gathers<uint64_t>(kernels));
  ASSERT_NO_FATAL_FAILURE(expect_gathered_rows<uint8_t>(kernels));
  ASSERT_NO_FATAL_FAILURE(expect_gathered_rows<uint32_t>(kernels));
  ASSERT_NO_FATAL_FAILURE(expect_gathered_rows<uint64_t>(kernels));
}

}  // namespace reckon::kernels::testing_support
