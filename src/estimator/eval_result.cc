// SPDX-License-Identifier: Apache-2.0
#include <reckon/eval_result.h>

#include <cmath>

#include <fmt/format.h>

#include <reckon/error.h>

namespace reckon {
namespace {

std::map<std::string, Array> as_arrays(const std::map<std::string, double>& values) {
  std::map<std::string, Array> arrays;
  for (const auto& [name, value] : values) arrays[name] = Array::scalar(value);
  return arrays;
}

template <class Number>
[[noreturn]] void refuse_conversion(const Name& name, Number number, const char* wanted,
                                    const char* mend) {
  throw Error(ErrorCode::kInvalidArgument, "EvalResult",
              fmt::format("\"{}\" is {}, which does not fit {}; ask for {}", name.text(), number,
                          wanted, mend),
              name.place());
}

}  // namespace

EvalResult::EvalResult(std::map<std::string, double> values, int64_t global_step)
    : EvalResult(as_arrays(values), global_step) {}

EvalResult::EvalResult(std::map<std::string, Array> arrays, int64_t global_step)
    : arrays_(std::move(arrays)), global_step_(global_step) {
  for (const auto& [name, array] : arrays_) {
    if (array.num_elements() == 1) values_[name] = array.at<double>(0);
  }
}

Array EvalResult::array(const Name& name) const {
  if (name.text() == "global_step") return Array::scalar(global_step_);
  const auto found = arrays_.find(name.text());
  if (found != arrays_.end()) return found->second;
  std::string names;
  for (const auto& [known, array] : arrays_) names += known + ", ";
  throw Error(ErrorCode::kNotFound, "EvalResult",
              fmt::format("there is no metric \"{}\"; there are: {}global_step; ask for one of "
                          "these, or return it in eval_metrics",
                          name.text(), names.empty() ? "none, " : names),
              name.place());
}

Array EvalResult::number(const Name& name) const {
  Array array = this->array(name);
  if (array.num_elements() == 1) return array;
  throw Error(ErrorCode::kInvalidArgument, "EvalResult",
              fmt::format("\"{}\" is {}, expected one number; ask for array(\"{}\")", name.text(),
                          array.text(), name.text()),
              name.place());
}

double EvalResult::value(const Name& name) const { return number(name).at<double>(0); }

bool EvalResult::flag(const Name& name) const {
  const double number = value(name);
  if (std::isnan(number)) refuse_conversion(name, number, "bool", "double");
  return number != 0;
}

int64_t EvalResult::integer(const Name& name, int64_t lowest, uint64_t highest) const {
  const Array exact = number(name);
  if (exact.dtype() == kInt64) {
    const auto whole = exact.at<int64_t>(0);
    if (whole >= lowest && std::cmp_less_equal(whole, highest)) return whole;
    refuse_conversion(name, whole, "the integer type that was asked for", "int64_t");
  }
  const double whole = std::trunc(value(name));
  // The power of two above `highest` is exact, where `highest` itself need not be.
  const double end = 2 * (static_cast<double>(highest / 2) + 1);
  // As a claim, so that NaN fails it.
  if (!(whole >= static_cast<double>(lowest) && whole < end))
    refuse_conversion(name, value(name), "the integer type that was asked for", "double");
  return whole < 0x1p63 ? static_cast<int64_t>(whole)
                        : static_cast<int64_t>(static_cast<uint64_t>(whole));
}

}  // namespace reckon
