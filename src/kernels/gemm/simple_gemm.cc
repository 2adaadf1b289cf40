// SPDX-License-Identifier: Apache-2.0
// The matrix product of the types that no model spends its time in.
#include <algorithm>
#include <type_traits>

#include "kernels/gemm/gemm.h"

namespace reckon::kernels {
namespace {

// Signed overflow wraps, as TensorFlow's does: sums are unsigned.
template <class T>
struct SumType {
  using Type = std::make_unsigned_t<T>;
};
template <>
struct SumType<double> {
  using Type = double;
};

template <class T>
struct Strided {
  const T* at;
  int64_t row, column;
};

// Columns first … first + count - 1 of one row of C, in a local sum that the compiler vectorizes.
template <class T, int64_t kColumns>
void row_block(Strided<T> a, Strided<T> b, int64_t depth, int64_t count, T* c) {
  using Sum = typename SumType<T>::Type;
  Sum sums[kColumns] = {};
  for (int64_t k = 0; k < depth; ++k) {
    const Sum factor = static_cast<Sum>(a.at[k * a.column]);
    const T* row = b.at + k * b.row;
    if (b.column == 1) {
      for (int64_t j = 0; j < count; ++j) sums[j] += factor * static_cast<Sum>(row[j]);
    } else {
      for (int64_t j = 0; j < count; ++j) sums[j] += factor * static_cast<Sum>(row[j * b.column]);
    }
  }
  for (int64_t j = 0; j < count; ++j) c[j] = static_cast<T>(sums[j]);
}

}  // namespace

template <class T>
void simple_gemm(const GemmSpec& s, const T* a, const T* b, T* c, int64_t rows, int64_t depth) {
  constexpr int64_t kColumns = 64;
  if (rows < 0) rows = s.m;
  if (depth < 0) depth = s.k;
  const int64_t row_a = s.transpose_a ? rows : depth, row_b = s.transpose_b ? depth : s.n;
  const int64_t row_c = s.n;
  for (int64_t matrix = 0; matrix < s.batch; ++matrix) {
    for (int64_t j = 0; j < s.n; j += kColumns) {
      const int64_t count = std::min(kColumns, s.n - j);
      const T* b_at = b + matrix * s.batch_stride_b + (s.transpose_b ? j * row_b : j);
      const Strided<T> right =
          s.transpose_b ? Strided<T>{b_at, 1, row_b} : Strided<T>{b_at, row_b, 1};
      for (int64_t i = 0; i < rows; ++i) {
        const T* a_at = a + matrix * s.batch_stride_a + (s.transpose_a ? i : i * row_a);
        T* out = c + matrix * s.batch_stride_c + i * row_c + j;
        row_block<T, kColumns>({a_at, 0, s.transpose_a ? row_a : 1}, right, depth, count, out);
      }
    }
  }
}

template void simple_gemm(const GemmSpec&, const double*, const double*, double*, int64_t, int64_t);
template void simple_gemm(const GemmSpec&, const int32_t*, const int32_t*, int32_t*, int64_t,
                          int64_t);
template void simple_gemm(const GemmSpec&, const int64_t*, const int64_t*, int64_t*, int64_t,
                          int64_t);

}  // namespace reckon::kernels
