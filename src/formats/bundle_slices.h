// SPDX-License-Identifier: Apache-2.0
// Where the slices of a partitioned variable lie: in the whole tensor, and under which key of the
// index.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace reckon::formats {

/// A box within a tensor. A length of -1 is the whole dimension, in keys only.
struct TensorSlice {
  std::vector<int64_t> start, length;
};

/// The key of a slice's entry: TensorFlow's ordered code of (0, name, rank, starts and lengths).
std::string slice_key(const std::string& name, const TensorSlice& slice);

/// Calls `run(offset in the whole, offset in the slice, count)` for each contiguous run of
/// elements. `slice` must lie within `dims`, with lengths that are known.
void for_each_run(const std::vector<int64_t>& dims, const TensorSlice& slice,
                  const std::function<void(int64_t, int64_t, int64_t)>& run);

/// True if two slices of equal rank have an element in common.
bool slices_overlap(const TensorSlice& a, const TensorSlice& b);

}  // namespace reckon::formats
