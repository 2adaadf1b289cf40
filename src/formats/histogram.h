// SPDX-License-Identifier: Apache-2.0
// TensorFlow v1's histogram: counts between fixed exponential limits, 10 % apart.
#pragma once

#include <span>
#include <vector>

#include <reckon/array.h>

namespace reckon::formats {

struct Histogram {
  double min = 0, max = 0, num = 0, sum = 0, sum_squares = 0;
  /// Upper limits and counts, of equal length. Runs of empty buckets are one; the last limit is
  /// DBL_MAX, unless the values reach less.
  std::vector<double> bucket_limit, bucket;
};

/// Throws Error, kInvalidArgument, for a NaN or infinite value.
Histogram make_histogram(std::span<const double> values);
/// As above, of an Array of any real dtype or bool.
Histogram make_histogram(const Array& values);

}  // namespace reckon::formats
