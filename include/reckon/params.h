// SPDX-License-Identifier: Apache-2.0
// Hyper-parameters: named values that an Estimator hands to model_fn.
#pragma once

#include <concepts>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace reckon {

/// A flag, an integer, a real number, a text, or a list of integers, numbers or texts.
class ParamValue {
 public:
  using Variant = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>,
                               std::vector<double>, std::vector<std::string>>;
  ParamValue(std::same_as<bool> auto value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) ParamValue(T value) : value_(static_cast<int64_t>(value)) {}
  template <std::floating_point T>
  ParamValue(T value) : value_(static_cast<double>(value)) {}
  ParamValue(const char* value) : value_(std::string(value)) {}
  ParamValue(std::string value) : value_(std::move(value)) {}
  ParamValue(std::vector<int64_t> value) : value_(std::move(value)) {}
  ParamValue(std::vector<double> value) : value_(std::move(value)) {}
  ParamValue(std::vector<std::string> value) : value_(std::move(value)) {}

  const Variant& variant() const { return value_; }
  bool operator==(const ParamValue&) const = default;

 private:
  Variant value_;
};

class Params {
 public:
  Params() = default;
  Params(std::initializer_list<std::pair<const std::string, ParamValue>> values)
      : values_(values) {}

  /// The value as T: float, double, any integer type, bool, std::string, or a std::vector of
  /// int64_t, double or std::string. Numbers convert: 0.1 reads as float, 10 as double.
  ///   throws  Error, kNotFound, listing the keys there are; kInvalidArgument, naming the key, if
  ///   the kind is
  ///           another or an integer does not fit
  template <class T>
  T get(const std::string& key) const;
  /// `fallback` if there is no such key.
  template <class T>
  T get(const std::string& key, T fallback) const {
    return contains(key) ? get<T>(key) : fallback;
  }
  bool contains(const std::string& key) const { return values_.contains(key); }
  bool empty() const { return values_.empty(); }
  void set(const std::string& key, ParamValue value) {
    values_.insert_or_assign(key, std::move(value));
  }
  std::vector<std::string> keys() const;
  bool operator==(const Params&) const = default;

 private:
  std::map<std::string, ParamValue> values_;
};

}  // namespace reckon
