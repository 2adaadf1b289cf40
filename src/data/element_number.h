// SPDX-License-Identifier: Apache-2.0
// Arithmetic of positions that may leave int64: numbers for what is keyed by (epoch, index), and
// places of elements in an input.
#pragma once

#include <cstdint>

namespace reckon::reckon_internal::data {

/// The number of `index` in epoch `epoch`, where each epoch has `size` of them (kEndless if it does
/// not end): epoch * size + index. Where no int64 holds that, a hash of both, which is negative and
/// so none of the others: whatever is keyed by it is new in each epoch.
int64_t number_in_epoch(int64_t epoch, int64_t size, int64_t index);

/// first * step + offset, where at least `count` elements are read on from there.
///   throws  Error, kInvalidArgument, if they lie beyond what an int64 counts; `where` is to blame
int64_t place_in_input(const char* where, int64_t first, int64_t step, int64_t offset,
                       int64_t count);

}  // namespace reckon::reckon_internal::data
