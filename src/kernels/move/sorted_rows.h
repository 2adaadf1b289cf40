// SPDX-License-Identifier: Apache-2.0
// Sums of rows by id. Ids are sorted stably (radix), so every sum runs in position order and has
// the same bits however the work is split: the base of sparse gradients and embedding updates.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::kernels {

/// Bytes of 8-byte aligned scratch that unique_rows needs for `count` ids.
size_t unique_rows_scratch_bytes(int64_t count);

/// Groups equal ids, in ascending order of id.
///   order   [count]: positions sorted by id, equal ids in position order
///   starts  [groups + 1] (room for count + 1): group g is order[starts[g] … starts[g + 1])
///   returns the number of groups
/// Index is int32_t or int64_t; ids of any sign.
template <class Index>
int64_t unique_rows(const Index* ids, int64_t count, int32_t* order, int32_t* starts,
                    void* scratch);

/// out [groups, width] = sum of rows[order[j]] over the group, from the first position on.
/// T: float, double, int32_t, int64_t. Groups first … last - 1 only, so that callers can split.
template <class T>
void segment_sum(const T* rows, int64_t width, const int32_t* order, const int32_t* starts,
                 int64_t first, int64_t last, T* out);

/// dense[ids[i]] += rows[i] in position order; every id in [0, dense rows): check_indices first.
/// Columns first … last - 1 only, so that callers can split.
template <class T, class Index>
void scatter_add(const T* rows, const Index* ids, int64_t count, int64_t width, int64_t first,
                 int64_t last, T* dense);

}  // namespace reckon::kernels
