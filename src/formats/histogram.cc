// SPDX-License-Identifier: Apache-2.0
// Follows tensorflow/core/lib/histogram/histogram.cc, so that limits and sums are equal bit for
// bit.
#include "formats/histogram.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "base/check.h"

namespace reckon::formats {
namespace {

std::vector<double> make_limits() {
  std::vector<double> positive;
  for (double limit = 1.0e-12; limit < 1.0e20; limit *= 1.1) positive.push_back(limit);
  positive.push_back(DBL_MAX);
  std::vector<double> limits;
  for (auto limit = positive.rbegin(); limit != positive.rend(); ++limit) limits.push_back(-*limit);
  limits.push_back(0.0);
  limits.insert(limits.end(), positive.begin(), positive.end());
  return limits;
}

const std::vector<double>& bucket_limits() {
  static const std::vector<double> limits = make_limits();
  return limits;
}

class HistogramBuilder {
 public:
  HistogramBuilder() : counts_(bucket_limits().size()) {
    sums_.min = DBL_MAX;
    sums_.max = -DBL_MAX;
  }

  void add(double value) {
    base::require(
        std::isfinite(value), "histogram", "value ", sums_.num, " is ", value,
        ", but a histogram holds only finite ones; summarise a mask or replace the value");
    const auto& limits = bucket_limits();
    const size_t bucket = std::upper_bound(limits.begin(), limits.end(), value) - limits.begin();
    counts_[std::min(bucket, counts_.size() - 1)] += 1;
    sums_.min = std::min(sums_.min, value);
    sums_.max = std::max(sums_.max, value);
    sums_.num += 1;
    sums_.sum += value;
    sums_.sum_squares += value * value;
  }

  Histogram finish() {
    for (size_t i = 0; i < counts_.size();) {
      const bool is_empty = counts_[i] == 0;
      size_t last = i;
      while (is_empty && last + 1 < counts_.size() && counts_[last + 1] == 0) ++last;
      sums_.bucket_limit.push_back(bucket_limits()[last]);
      sums_.bucket.push_back(counts_[i]);
      i = last + 1;
    }
    return std::move(sums_);
  }

 private:
  Histogram sums_;
  std::vector<double> counts_;
};

}  // namespace

Histogram make_histogram(std::span<const double> values) {
  HistogramBuilder builder;
  for (const double value : values) builder.add(value);
  return builder.finish();
}

Histogram make_histogram(const Array& values) {
  base::require(values.valid() && values.dtype() != kString && !is_complex(values.dtype()),
                "histogram", "values are ", values.text(),
                ", not real numbers; summarise those instead");
  HistogramBuilder builder;
  if (values.dtype() == kFloat32) {
    for (const float value : values.data<float>()) builder.add(value);
  } else {
    for (int64_t i = 0; i < values.num_elements(); ++i) builder.add(values.at<double>(i));
  }
  return builder.finish();
}

}  // namespace reckon::formats
