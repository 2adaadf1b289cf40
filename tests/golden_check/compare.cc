// SPDX-License-Identifier: Apache-2.0
#include "compare.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace reckon::golden {
namespace {

/// Magnitudes below the smallest normal number may be flushed to zero.
double flushed(double value, DType dtype) {
  const double smallest = dtype == kFloat64
                              ? std::numeric_limits<double>::min()
                              : static_cast<double>(std::numeric_limits<float>::min());
  return std::abs(value) < smallest ? 0.0 : value;
}

double rounded(double value, DType dtype) {
  return dtype == kFloat32 ? static_cast<double>(static_cast<float>(value)) : value;
}

bool is_near(double got, double want, const Want& rule, DType dtype) {
  if (std::isnan(got) || std::isnan(want)) return std::isnan(got) && std::isnan(want);
  if (std::isinf(got) || std::isinf(want)) return got == want;
  // The limit carries a hair of slack, because it was itself rounded when it was recorded.
  const double limit = (rule.absolute + rule.relative * std::abs(want)) * (1 + 1e-6);
  return std::abs(flushed(got, dtype) - flushed(want, dtype)) <= limit;
}

bool is_float_near(const Array& got, const Want& want, int64_t index) {
  const DType dtype = got.dtype();
  const double value = got.at<double>(index), output = want.output.at<double>(index);
  if (want.undecided.contains(index) || is_near(value, output, want, dtype)) return true;
  if (!want.truth) return false;
  const double truth = rounded(want.truth->at<double>(index), dtype);
  if (is_near(value, truth, want, dtype)) return true;
  const bool is_disputed = want.disputed.contains(index);
  return is_disputed && (!std::isfinite(output) || !std::isfinite(truth));
}

bool is_equal(const Array& got, const Want& want, int64_t index) {
  switch (got.dtype()) {
    case kString:
      return got.at<std::string_view>(index) == want.output.at<std::string_view>(index);
    case kBool:
      return got.at<bool>(index) == want.output.at<bool>(index);
    default:
      return got.at<int64_t>(index) == want.output.at<int64_t>(index);
  }
}

std::string value_text(const Array& array, int64_t index) {
  if (array.dtype() == kString) return array.at<std::string>(index);
  if (is_floating(array.dtype())) return fmt::format("{:.9g}", array.at<double>(index));
  return fmt::format("{}", array.at<double>(index));
}

}  // namespace

std::string difference(const Array& got, const Want& want, const std::set<int64_t>& intended) {
  const Array& output = want.output;
  if (got.dtype() != output.dtype() || !(got.shape() == output.shape())) {
    return fmt::format("is {}, want {}", got.text(), output.text());
  }
  for (int64_t i = 0; i < got.num_elements(); ++i) {
    if (is_floating(got.dtype()) ? is_float_near(got, want, i) : is_equal(got, want, i)) continue;
    if (intended.contains(i) && std::isnan(output.at<double>(i)) &&
        std::isfinite(got.at<double>(i)))
      continue;
    return fmt::format("element {} is {}, want {}{} (rtol {:.3g}, atol {:.3g})", i,
                       value_text(got, i), value_text(output, i),
                       want.truth ? fmt::format(", in truth {}", value_text(*want.truth, i)) : "",
                       want.relative, want.absolute);
  }
  return "";
}

}  // namespace reckon::golden
