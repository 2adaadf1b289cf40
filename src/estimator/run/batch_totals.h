// SPDX-License-Identifier: Apache-2.0
// What an evaluation adds up over its batches: Arrays of any shape, floats in float64 and integers
// in int64.
#pragma once

#include <span>
#include <vector>

#include <reckon/array.h>
#include "ops/kernel.h"

namespace reckon::estimator {

class BatchTotals {
 public:
  explicit BatchTotals(size_t count) : totals_(count) {}

  /// Adds a batch's value to total `index`; the first one decides dtype and shape. Throws Error,
  /// kInvalidArgument, for another shape or for what is no number, and if a sum of integers leaves
  /// int64.
  void add(size_t index, const ops::View& value);
  size_t size() const { return totals_.size(); }
  /// Those from `first` on.
  std::span<const Array> from(size_t first, size_t count) const {
    return std::span<const Array>(totals_).subspan(first, count);
  }

 private:
  std::vector<Array> totals_;  ///< not valid() before the first batch
};

}  // namespace reckon::estimator
