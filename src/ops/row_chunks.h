// SPDX-License-Identifier: Apache-2.0
// Work on the rows of a matrix, cut into chunks by shape alone, so that no result depends on
// threads.
#pragma once

#include <algorithm>
#include <mutex>

#include "base/pool.h"
#include "kernels/fault.h"

namespace reckon::ops {

/// Elements of one chunk: work of a few microseconds, so that entering the pool pays.
inline constexpr int64_t kChunkElements = 16384;

/// Calls function(first, last) for chunks of [0, rows), each row costing about `row_elements`
/// elements.
template <class F>
void for_row_chunks(base::Pool* pool, int64_t rows, int64_t row_elements, const F& function) {
  const int64_t chunk = std::max<int64_t>(1, kChunkElements / std::max<int64_t>(1, row_elements));
  const int64_t chunks = (rows + chunk - 1) / chunk;
  const auto work = [&](int64_t i) { function(i * chunk, std::min(rows, (i + 1) * chunk)); };
  if (pool != nullptr && chunks > 1) {
    pool->run(chunks, work);
  } else {
    for (int64_t i = 0; i < chunks; ++i) work(i);
  }
}

/// As above for a function that returns a Fault; the fault of the lowest rows is returned.
template <class F>
kernels::Fault check_row_chunks(base::Pool* pool, int64_t rows, int64_t row_elements,
                                const F& function) {
  kernels::Fault fault;
  int64_t fault_row = rows;
  std::mutex mutex;  // taken only by chunks that have a fault
  for_row_chunks(pool, rows, row_elements, [&](int64_t first, int64_t last) {
    kernels::Fault found = function(first, last);
    if (!found) return;
    const std::lock_guard lock(mutex);
    if (first >= fault_row) return;
    fault_row = first;
    fault = std::move(found);
  });
  return fault;
}

}  // namespace reckon::ops
