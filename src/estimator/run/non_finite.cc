// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/non_finite.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace reckon::estimator {
namespace {

std::string text_of(const std::string& what, const Array& array) {
  if (!is_floating(array.dtype())) return "";
  for (int64_t i = 0; i < array.num_elements(); ++i) {
    const double value = array.at<double>(i);
    if (std::isfinite(value)) continue;
    const std::string where =
        array.shape().rank() == 0
            ? ""
            : fmt::format(" in row {}", i / (array.num_elements() / array.shape()[0]));
    return fmt::format("{} of its batch holds {}{}", what, value, where);
  }
  return "";
}

}  // namespace

std::string non_finite_text(const DatasetSpec& spec, const ArrayElement& batch) {
  for (size_t i = 0; i < std::min(batch.features.size(), spec.features.size()); ++i) {
    const std::string text =
        text_of(fmt::format("feature \"{}\"", spec.features[i].name), batch.features[i]);
    if (!text.empty()) return text;
  }
  for (size_t i = 0; i < std::min(batch.labels.size(), spec.labels.size()); ++i) {
    const std::string& name = spec.labels[i].name;
    const std::string text =
        text_of(name.empty() ? "the label" : fmt::format("label \"{}\"", name), batch.labels[i]);
    if (!text.empty()) return text;
  }
  return "";
}

}  // namespace reckon::estimator
