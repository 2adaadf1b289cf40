// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/extremes.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <type_traits>

namespace reckon::kernels {
namespace {

template <class T, bool kLargest>
constexpr T worst_value() {
  using Limits = std::numeric_limits<T>;
  if constexpr (Limits::has_infinity) return kLargest ? -Limits::infinity() : Limits::infinity();
  return kLargest ? Limits::lowest() : Limits::max();
}

// False for NaN, and for an equal element: the first one stays.
template <bool kLargest, class T>
bool is_better(T a, T b) {
  return kLargest ? a > b : a < b;
}

template <bool kLargest, class T, class Index>
Index extreme_of_run(const T* x, int64_t extent) {
  // Two passes, both of which the compiler can vectorize: the value, then where it comes first.
  T best = worst_value<T, kLargest>();
  for (int64_t i = 0; i < extent; ++i) best = is_better<kLargest>(x[i], best) ? x[i] : best;
  if (best == worst_value<T, kLargest>()) return 0;
  return static_cast<Index>(std::find(x, x + extent, best) - x);
}

// A block of columns at a time, so that rows are read in the order of memory.
template <bool kLargest, class T, class Index>
void extremes_of_columns(const T* x, int64_t extent, int64_t inner, Index* out) {
  constexpr int64_t kColumns = 64;
  for (int64_t j = 0; j < inner; j += kColumns) {
    const int64_t count = std::min(kColumns, inner - j);
    T best[kColumns];
    std::fill_n(best, count, worst_value<T, kLargest>());
    std::fill_n(out + j, count, Index{0});
    for (int64_t i = 0; i < extent; ++i) {
      const T* row = x + i * inner + j;
      for (int64_t c = 0; c < count; ++c) {
        const bool better = is_better<kLargest>(row[c], best[c]);
        best[c] = better ? row[c] : best[c];
        out[j + c] = better ? static_cast<Index>(i) : out[j + c];
      }
    }
  }
}

template <bool kLargest, class T, class Index>
void extremes(const T* x, Index* out, int64_t outer, int64_t extent, int64_t inner) {
  for (int64_t i = 0; i < outer; ++i) {
    const T* block = x + i * extent * inner;
    if (inner == 1) {
      out[i] = extreme_of_run<kLargest, T, Index>(block, extent);
    } else {
      extremes_of_columns<kLargest>(block, extent, inner, out + i * inner);
    }
  }
}

template <class T>
bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>) return x != x;
  return false;
}

}  // namespace

template <class T, class Index>
void argmax(const T* x, Index* out, int64_t outer, int64_t extent, int64_t inner) {
  extremes<true>(x, out, outer, extent, inner);
}

template <class T, class Index>
void argmin(const T* x, Index* out, int64_t outer, int64_t extent, int64_t inner) {
  extremes<false>(x, out, outer, extent, inner);
}

template <class T>
void top_k_rows(const T* x, T* values, int32_t* indices, int64_t rows, int64_t columns, int64_t k,
                int32_t* scratch) {
  for (int64_t r = 0; r < rows; ++r) {
    const T* row = x + r * columns;
    const auto comes_first = [row](int32_t a, int32_t b) {
      if (row[a] > row[b]) return true;
      if (row[a] < row[b]) return false;
      if (is_nan(row[a]) != is_nan(row[b])) return is_nan(row[a]);
      return a < b;
    };
    std::iota(scratch, scratch + columns, 0);
    std::partial_sort(scratch, scratch + k, scratch + columns, comes_first);
    for (int64_t i = 0; i < k; ++i) {
      values[r * k + i] = row[scratch[i]];
      if (indices != nullptr) indices[r * k + i] = scratch[i];
    }
  }
}

// A macro, for an explicit instantiation cannot be written in a loop.
#define RECKON_INSTANTIATE(T)                                          \
  template void argmax(const T*, int32_t*, int64_t, int64_t, int64_t); \
  template void argmax(const T*, int64_t*, int64_t, int64_t, int64_t); \
  template void argmin(const T*, int32_t*, int64_t, int64_t, int64_t); \
  template void argmin(const T*, int64_t*, int64_t, int64_t, int64_t); \
  template void top_k_rows(const T*, T*, int32_t*, int64_t, int64_t, int64_t, int32_t*);
RECKON_INSTANTIATE(float)
RECKON_INSTANTIATE(double)
RECKON_INSTANTIATE(int8_t)
RECKON_INSTANTIATE(int16_t)
RECKON_INSTANTIATE(int32_t)
RECKON_INSTANTIATE(int64_t)
RECKON_INSTANTIATE(uint8_t)
RECKON_INSTANTIATE(uint16_t)
RECKON_INSTANTIATE(uint32_t)
RECKON_INSTANTIATE(uint64_t)
#undef RECKON_INSTANTIATE

}  // namespace reckon::kernels
