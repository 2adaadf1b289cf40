// SPDX-License-Identifier: Apache-2.0
#include <reckon/params.h>

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reckon/error.h>
#include "base/exact_integer.h"

namespace reckon {
namespace {

constexpr const char* kKinds[] = {"a flag",         "an integer",         "a number",
                                  "a text",         "a list of integers", "a list of numbers",
                                  "a list of texts"};

[[noreturn]] void wrong_kind(const Name& key, const ParamValue& value, const std::string& wanted) {
  throw Error(
      ErrorCode::kInvalidArgument, "params",
      fmt::format("\"{}\" is {}, expected {}; change the value or the type that get<> asks for",
                  key.text(), kKinds[value.variant().index()], wanted),
      key.place());
}

template <class T>
T to_integer(const Name& key, const ParamValue& value) {
  const auto* integer = std::get_if<int64_t>(&value.variant());
  const auto* number = std::get_if<double>(&value.variant());
  if (number != nullptr && std::trunc(*number) != *number) wrong_kind(key, value, "an integer");
  if (integer == nullptr && number == nullptr) wrong_kind(key, value, "an integer");
  const bool fits = integer != nullptr && std::in_range<T>(*integer);
  const std::optional<T> result = integer == nullptr ? base::exact_integer<T>(*number)
                                  : fits             ? std::optional<T>(static_cast<T>(*integer))
                                                     : std::nullopt;
  if (result) return *result;
  throw Error(
      ErrorCode::kInvalidArgument, "params",
      fmt::format(
          "\"{}\" is {}, which does not fit the integer type that was asked for; ask for int64_t "
          "or double",
          key.text(), integer != nullptr ? fmt::to_string(*integer) : fmt::to_string(*number)),
      key.place());
}

template <class T>
T to_number(const Name& key, const ParamValue& value) {
  const auto* integer = std::get_if<int64_t>(&value.variant());
  if (integer != nullptr) return static_cast<T>(*integer);
  const auto* number = std::get_if<double>(&value.variant());
  if (number == nullptr) wrong_kind(key, value, "a number");
  const T result = static_cast<T>(*number);
  if (std::isinf(result) == std::isinf(*number)) return result;
  throw Error(
      ErrorCode::kInvalidArgument, "params",
      fmt::format("\"{}\" is {}, too large for a float; ask for double", key.text(), *number),
      key.place());
}

template <class T>
T exact(const Name& key, const ParamValue& value, const char* wanted) {
  if (const auto* found = std::get_if<T>(&value.variant())) return *found;
  wrong_kind(key, value, wanted);
}

/// {1, 2} is a list of integers; asked for numbers, it is one of those too.
std::vector<double> to_numbers(const Name& key, const ParamValue& value) {
  if (const auto* integers = std::get_if<std::vector<int64_t>>(&value.variant())) {
    return {integers->begin(), integers->end()};
  }
  return exact<std::vector<double>>(key, value, "a list of numbers");
}

template <class T>
T convert(const Name& key, const ParamValue& value) {
  if constexpr (std::is_same_v<T, bool>)
    return exact<bool>(key, value, "a flag");
  else if constexpr (std::is_integral_v<T>)
    return to_integer<T>(key, value);
  else if constexpr (std::is_floating_point_v<T>)
    return to_number<T>(key, value);
  else if constexpr (std::is_same_v<T, std::string>)
    return exact<T>(key, value, "a text");
  else if constexpr (std::is_same_v<T, std::vector<double>>)
    return to_numbers(key, value);
  else if constexpr (std::is_same_v<T, std::vector<int64_t>>)
    return exact<T>(key, value, "a list of integers");
  else
    return exact<T>(key, value, "a list of texts");
}

}  // namespace

std::string ParamValue::text(const char* value) {
  if (value != nullptr) return value;
  throw Error(ErrorCode::kInvalidArgument, "params",
              "a value is a null text, expected characters; pass \"\" for an empty one");
}

void ParamValue::too_large(uint64_t value) {
  throw Error(ErrorCode::kInvalidArgument, "params",
              fmt::format("a value is {}, expected at most {}; pass it as a text or a double",
                          value, std::numeric_limits<int64_t>::max()));
}

template <class T>
T Params::get(const Name& key) const {
  const auto found = values_.find(key.text());
  if (found != values_.end()) return convert<T>(key, found->second);
  throw Error(
      ErrorCode::kNotFound, "params",
      fmt::format("there is no \"{}\"; there are: {}; ask for one of these, add it to "
                  "EstimatorOptions::params, or give get() a fallback",
                  key.text(), empty() ? "none" : fmt::format("{}", fmt::join(keys(), ", "))),
      key.place());
}

std::vector<std::string> Params::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values_) keys.push_back(key);
  return keys;
}

template bool Params::get<bool>(const Name&) const;
template int8_t Params::get<int8_t>(const Name&) const;
template uint8_t Params::get<uint8_t>(const Name&) const;
template int16_t Params::get<int16_t>(const Name&) const;
template uint16_t Params::get<uint16_t>(const Name&) const;
template int32_t Params::get<int32_t>(const Name&) const;
template uint32_t Params::get<uint32_t>(const Name&) const;
template int64_t Params::get<int64_t>(const Name&) const;
template uint64_t Params::get<uint64_t>(const Name&) const;
template long long Params::get<long long>(const Name&) const;
template float Params::get<float>(const Name&) const;
template double Params::get<double>(const Name&) const;
template std::string Params::get<std::string>(const Name&) const;
template std::vector<int64_t> Params::get<std::vector<int64_t>>(const Name&) const;
template std::vector<double> Params::get<std::vector<double>>(const Name&) const;
template std::vector<std::string> Params::get<std::vector<std::string>>(const Name&) const;

}  // namespace reckon
