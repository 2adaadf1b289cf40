// SPDX-License-Identifier: Apache-2.0
// Hyper-parameters: named values that an Estimator hands to model_fn.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <reckon/name.h>
#include <reckon/number.h>

namespace reckon {

/// A flag, an integer, a real number, a text, or a list of integers, numbers or texts.
class ParamValue {
 public:
  /// What it holds.
  using Variant = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>,
                               std::vector<double>, std::vector<std::string>>;
  /// A flag.
  ParamValue(std::same_as<bool> auto value) : value_(value) {}
  /// An integer.
  ///   throws  Error, kInvalidArgument, if int64 does not hold it
  template <WholeType T>
  ParamValue(T value) : value_(integer(value)) {}
  /// A real number, kept as double.
  template <std::floating_point T>
  ParamValue(T value) : value_(static_cast<double>(value)) {}
  /// A text.
  ///   throws  Error, kInvalidArgument, if it is null
  ParamValue(const char* value) : value_(text(value)) {}
  /// Null is no text.
  ParamValue(std::nullptr_t) = delete;
  /// A text.
  ParamValue(std::string value) : value_(std::move(value)) {}
  /// A list of integers.
  ParamValue(std::vector<int64_t> value) : value_(std::move(value)) {}
  /// A list of real numbers.
  ParamValue(std::vector<double> value) : value_(std::move(value)) {}
  /// A list of texts.
  ParamValue(std::vector<std::string> value) : value_(std::move(value)) {}

  /// The value as it was given, unconverted.
  const Variant& variant() const { return value_; }
  /// Equal kinds and values: 1 is not 1.0.
  bool operator==(const ParamValue&) const = default;

 private:
  template <WholeType T>
  static int64_t integer(T value) {
    if (std::in_range<int64_t>(value)) return static_cast<int64_t>(value);
    too_large(static_cast<uint64_t>(value));
  }
  [[noreturn]] static void too_large(uint64_t value);
  static std::string text(const char* value);

  Variant value_;
};

/// Values by name.
class Params {
 public:
  /// None.
  Params() = default;
  /// `{{"units", 10}, {"rate", 0.1}}`
  ///   throws  Error, kInvalidArgument, naming a key that comes twice
  Params(std::initializer_list<std::pair<const std::string, ParamValue>> values)
      : values_(Named<ParamValue>(values)) {}

  /// The value as T: float, double, an integer of 8 to 64 bits, bool, std::string, or a std::vector
  /// of int64_t, double or std::string. Numbers convert: 0.1 reads as float, 10 as double, 3.0 as
  /// int, a list of integers as one of doubles.
  ///   throws  Error, kNotFound, listing the keys there are; kInvalidArgument, naming the key, if
  ///           the kind is another or the number does not fit; both with the caller's line
  template <class T>
  T get(const Name& key) const;
  /// The same; `fallback` if there is no such key.
  template <class T>
  T get(const Name& key, T fallback) const {
    return contains(key.text()) ? get<T>(key) : fallback;
  }
  /// True if there is such a key.
  bool contains(const std::string& key) const { return values_.contains(key); }
  /// True if there are no keys.
  bool empty() const { return values_.empty(); }
  /// Adds a key, or gives it another value.
  void set(const std::string& key, ParamValue value) {
    values_.insert_or_assign(key, std::move(value));
  }
  /// In alphabetical order.
  std::vector<std::string> keys() const;
  /// Equal keys and values.
  bool operator==(const Params&) const = default;

 private:
  std::map<std::string, ParamValue> values_;
};

}  // namespace reckon
