// SPDX-License-Identifier: Apache-2.0
#include <reckon/params.h>

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reckon/error.h>

namespace reckon {
namespace {

constexpr const char* kKinds[] = {"a flag",         "an integer",         "a number",
                                  "a text",         "a list of integers", "a list of numbers",
                                  "a list of texts"};

[[noreturn]] void wrong_kind(const std::string& key, const ParamValue& value,
                             const std::string& wanted) {
  throw Error(
      ErrorCode::kInvalidArgument, "params",
      fmt::format("\"{}\" is {}, expected {}; change the value or the type that get<> asks for",
                  key, kKinds[value.variant().index()], wanted));
}

template <class T>
T to_integer(const std::string& key, const ParamValue& value) {
  const auto* integer = std::get_if<int64_t>(&value.variant());
  const auto* number = std::get_if<double>(&value.variant());
  if (number != nullptr && std::trunc(*number) != *number) wrong_kind(key, value, "an integer");
  if (integer == nullptr && number == nullptr) wrong_kind(key, value, "an integer");
  const double wide = integer != nullptr ? static_cast<double>(*integer) : *number;
  const bool fits = wide >= static_cast<double>(std::numeric_limits<T>::lowest()) &&
                    wide <= static_cast<double>(std::numeric_limits<T>::max());
  const T result = !fits                ? T{}
                   : integer != nullptr ? static_cast<T>(*integer)
                                        : static_cast<T>(*number);
  if (fits && (integer == nullptr || static_cast<int64_t>(result) == *integer)) return result;
  throw Error(
      ErrorCode::kInvalidArgument, "params",
      fmt::format(
          "\"{}\" is {}, which does not fit the integer type that was asked for; ask for int64_t",
          key, integer != nullptr ? fmt::to_string(*integer) : fmt::to_string(*number)));
}

template <class T>
T to_number(const std::string& key, const ParamValue& value) {
  const auto* integer = std::get_if<int64_t>(&value.variant());
  if (integer != nullptr) return static_cast<T>(*integer);
  const auto* number = std::get_if<double>(&value.variant());
  if (number == nullptr) wrong_kind(key, value, "a number");
  const T result = static_cast<T>(*number);
  if (std::isinf(result) == std::isinf(*number)) return result;
  throw Error(ErrorCode::kInvalidArgument, "params",
              fmt::format("\"{}\" is {}, too large for a float; ask for double", key, *number));
}

template <class T>
T exact(const std::string& key, const ParamValue& value, const char* wanted) {
  if (const auto* found = std::get_if<T>(&value.variant())) return *found;
  wrong_kind(key, value, wanted);
}

/// {1, 2} is a list of integers; asked for numbers, it is one of those too.
std::vector<double> to_numbers(const std::string& key, const ParamValue& value) {
  if (const auto* integers = std::get_if<std::vector<int64_t>>(&value.variant())) {
    return {integers->begin(), integers->end()};
  }
  return exact<std::vector<double>>(key, value, "a list of numbers");
}

template <class T>
T convert(const std::string& key, const ParamValue& value) {
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

void ParamValue::too_large(uint64_t value) {
  throw Error(ErrorCode::kInvalidArgument, "params",
              fmt::format("a value is {}, expected at most {}; pass it as a text or a double",
                          value, std::numeric_limits<int64_t>::max()));
}

template <class T>
T Params::get(const std::string& key) const {
  const auto found = values_.find(key);
  if (found != values_.end()) return convert<T>(key, found->second);
  throw Error(ErrorCode::kNotFound, "params",
              fmt::format("there is no \"{}\"; there are: {}; pass it in EstimatorOptions::params",
                          key, fmt::join(keys(), ", ")));
}

std::vector<std::string> Params::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values_) keys.push_back(key);
  return keys;
}

template bool Params::get<bool>(const std::string&) const;
template int8_t Params::get<int8_t>(const std::string&) const;
template uint8_t Params::get<uint8_t>(const std::string&) const;
template int16_t Params::get<int16_t>(const std::string&) const;
template uint16_t Params::get<uint16_t>(const std::string&) const;
template int32_t Params::get<int32_t>(const std::string&) const;
template uint32_t Params::get<uint32_t>(const std::string&) const;
template int64_t Params::get<int64_t>(const std::string&) const;
template uint64_t Params::get<uint64_t>(const std::string&) const;
template long long Params::get<long long>(const std::string&) const;
template float Params::get<float>(const std::string&) const;
template double Params::get<double>(const std::string&) const;
template std::string Params::get<std::string>(const std::string&) const;
template std::vector<int64_t> Params::get<std::vector<int64_t>>(const std::string&) const;
template std::vector<double> Params::get<std::vector<double>>(const std::string&) const;
template std::vector<std::string> Params::get<std::vector<std::string>>(const std::string&) const;

}  // namespace reckon
