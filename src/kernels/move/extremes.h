// SPDX-License-Identifier: Apache-2.0
// Positions of extremes: argmax, argmin and top_k. Ties go to the lower index.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::kernels {

/// x [outer, extent, inner] -> out [outer, inner]: the first index of the largest element. NaN is
/// passed over, and a run of NaN and -inf alone (argmin: +inf) gives 0 (TensorFlow's rules).
/// `extent` >= 1.
/// T: float, double, int8/16/32/64, uint8/16/32/64; Index: int32_t, int64_t.
template <class T, class Index>
void argmax(const T* x, Index* out, int64_t outer, int64_t extent, int64_t inner);
template <class T, class Index>
void argmin(const T* x, Index* out, int64_t outer, int64_t extent, int64_t inner);

/// x [rows, columns] -> the k largest of each row in descending order, NaN first, with their
/// indices. 0 <= k <= columns; `indices` may be null. `scratch`: columns elements of int32_t.
template <class T>
void top_k_rows(const T* x, T* values, int32_t* indices, int64_t rows, int64_t columns, int64_t k,
                int32_t* scratch);

}  // namespace reckon::kernels
