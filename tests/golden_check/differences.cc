// SPDX-License-Identifier: Apache-2.0
#include "differences.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace reckon::golden {
namespace {

struct Difference {
  const char* op;
  Part part;
  size_t number;          ///< of the output or gradient
  const char* value;      ///< `number` in words
  const char* condition;  ///< `holds` in words
  const char* reason;
  bool (*holds)(const Case& golden, int64_t element);
};

bool is_minus_infinity(double x) { return std::isinf(x) && x < 0; }

bool have_one_shape(const Case& golden) {
  return golden.inputs.at(0).shape() == golden.inputs.at(1).shape();
}

/// For each axis whether it is reduced: attribute `axis` is a number, a list, or null for all.
std::vector<bool> reduced_axes(const Case& golden, int rank) {
  const nlohmann::json axis = golden.attrs.value("axis", nlohmann::json());
  std::vector<bool> is_reduced(static_cast<size_t>(rank), axis.is_null());
  const auto mark = [&](int64_t value) {
    is_reduced.at(static_cast<size_t>(value < 0 ? value + rank : value)) = true;
  };
  if (axis.is_number()) mark(axis.get<int64_t>());
  for (const nlohmann::json& value : axis.is_array() ? axis : nlohmann::json::array())
    mark(value.get<int64_t>());
  return is_reduced;
}

/// Whether two elements are reduced to one.
bool meet(const Shape& shape, const std::vector<bool>& is_reduced, int64_t a, int64_t b) {
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    const int64_t extent = shape[axis];
    if (!is_reduced[static_cast<size_t>(axis)] && a % extent != b % extent) return false;
    a /= extent;
    b /= extent;
  }
  return true;
}

bool all_are_minus_infinity(const Case& golden, int64_t element) {
  const Array& x = golden.inputs.at(0);
  const std::vector<bool> is_reduced = reduced_axes(golden, x.shape().rank());
  for (int64_t i = 0; i < x.num_elements(); ++i) {
    if (meet(x.shape(), is_reduced, element, i) && !is_minus_infinity(x.at<double>(i)))
      return false;
  }
  return true;
}

bool are_both_zero(const Case& golden, int64_t element) {
  return have_one_shape(golden) && golden.inputs[0].at<double>(element) == 0 &&
         golden.inputs[1].at<double>(element) == 0;
}

/// Labels come first.
bool is_free_logit(const Case& golden, int64_t element) {
  return golden.inputs.at(0).at<double>(element) == 0 &&
         is_minus_infinity(golden.inputs.at(1).at<double>(element));
}

bool is_free_logit_alone(const Case& golden, int64_t element) {
  return have_one_shape(golden) && is_free_logit(golden, element);
}

/// A row along the last axis in which a class is masked, and nothing else is out of the ordinary.
bool has_masked_class(const Case& golden, int64_t row) {
  const int64_t axis = golden.attrs.value("axis", int64_t{-1});
  const Array& logits = golden.inputs.at(1);
  if (!have_one_shape(golden) || (axis != -1 && axis != logits.shape().rank() - 1)) return false;
  const int64_t columns = logits.shape()[-1];
  bool has_masked = false, has_finite = false;
  for (int64_t i = row * columns; i < (row + 1) * columns; ++i) {
    const bool is_free = is_free_logit(golden, i);
    if (!is_free && !std::isfinite(logits.at<double>(i))) return false;
    has_masked |= is_free;
    has_finite |= !is_free;
  }
  return has_masked && has_finite;
}

constexpr Difference kDifferences[] = {
    {"pow", Part::kGradient, 0, "the gradient of the base", "base and exponent are 0",
     "x^0 is 1 everywhere, so its derivative is 0; likewise the (n+1)-th derivative of x^n at 0",
     are_both_zero},
    {"reduce_logsumexp", Part::kGradient, 0, "the gradient", "all that is reduced is -infinity",
     "the result stays -infinity whatever one element does: 0", all_are_minus_infinity},
    {"sigmoid_cross_entropy_with_logits", Part::kOutput, 0, "the loss",
     "a logit of -infinity with a label of 0",
     "log(1 - p) is log 1 = 0, and a label of 0 has no other share: 0", is_free_logit_alone},
    {"softmax_cross_entropy_with_logits", Part::kOutput, 0, "the loss",
     "logits of -infinity with labels of 0 beside finite ones",
     "0 log 0 is 0: a masked class that is not the label's costs nothing", has_masked_class},
};

}  // namespace

std::set<int64_t> intended_differences(const Case& golden, Part part, size_t number) {
  const Want& want = (part == Part::kOutput ? golden.outputs : golden.input_grads).at(number);
  std::set<int64_t> elements;
  for (const Difference& row : kDifferences) {
    if (row.op != golden.op || row.part != part || row.number != number) continue;
    for (int64_t i = 0; i < want.output.num_elements(); ++i) {
      if (std::isnan(want.output.at<double>(i)) && row.holds(golden, i)) elements.insert(i);
    }
  }
  return elements;
}

std::string differences_text() {
  std::string text = "| op | what | where | why Reckon's is finite |\n|---|---|---|---|\n";
  for (const Difference& row : kDifferences)
    text += fmt::format("| {} | {} | {} | {} |\n", row.op, row.value, row.condition, row.reason);
  return text;
}

}  // namespace reckon::golden
