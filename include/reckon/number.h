// SPDX-License-Identifier: Apache-2.0
// Arguments that are numbers. A bool, a character, or a fraction where a whole number is meant does
// not compile, instead of meaning something else.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace reckon {

namespace reckon_internal {

template <class T, class... Others>
concept OneOf = (std::same_as<std::remove_cv_t<T>, Others> || ...);

/// The lines that refuse a number.
[[noreturn]] void refuse_above_int64(uint64_t value);
[[noreturn]] void refuse_below_zero(int64_t value);
[[noreturn]] void refuse_as_double(double nearest);

/// True if no digit of it is lost: double has 53 of them.
constexpr bool is_held_by_double(std::integral auto value) {
  const auto bits = static_cast<uint64_t>(value);
  const uint64_t size = value < 0 ? 0 - bits : bits;
  return size == 0 || size >> std::countr_zero(size) < uint64_t{1} << 53;
}

}  // namespace reckon_internal

/// The integer types whose values are numbers: neither bool nor a type of characters.
template <class T>
concept WholeType = std::integral<T> &&
    !reckon_internal::OneOf<T, bool, char, wchar_t, char8_t, char16_t, char32_t>;
/// Those and the floating types.
template <class T>
concept NumberType = WholeType<T> || std::floating_point<T>;

/// An argument that is an integer: an axis, an extent, a count, an index.
class Integer {
 public:
  /// That number.
  ///   throws  Error, kInvalidArgument, if int64 does not hold it
  template <WholeType T>
  constexpr Integer(T value) : value_(static_cast<int64_t>(value)) {
    if (!std::in_range<int64_t>(value))
      reckon_internal::refuse_above_int64(static_cast<uint64_t>(value));
  }
  /// The number.
  constexpr operator int64_t() const { return value_; }

 private:
  int64_t value_;
};

/// An argument that is a number of any kind, as double.
class Real {
 public:
  /// That number.
  ///   throws  Error, kInvalidArgument, if double does not hold that integer
  template <NumberType T>
  constexpr Real(T value) : value_(static_cast<double>(value)) {
    if constexpr (WholeType<T>) {
      if (!reckon_internal::is_held_by_double(value)) reckon_internal::refuse_as_double(value_);
    }
  }
  /// The number.
  constexpr operator double() const { return value_; }

 private:
  double value_;
};

/// An argument that is true or false: nothing else converts to it, as pointers and numbers do to
/// bool.
class Flag {
 public:
  /// That one.
  template <std::same_as<bool> T>
  constexpr Flag(T value) : value_(value) {}
  /// The flag.
  constexpr operator bool() const { return value_; }

 private:
  bool value_;
};

/// A number that may be left out. T is int64_t, uint64_t or double; the first two take whole
/// numbers alone.
template <class T>
class Maybe : public std::optional<T> {
 public:
  /// Left out.
  constexpr Maybe() = default;
  /// Left out.
  constexpr Maybe(std::nullopt_t) {}
  /// That number.
  ///   throws  Error, kInvalidArgument, if T does not hold it
  template <NumberType U>
  requires(WholeType<U> || std::floating_point<T>) constexpr Maybe(U value)
      : std::optional<T>(static_cast<T>(value)) {
    if constexpr (!std::floating_point<T>) check(value);
  }
  /// What another optional has; throws likewise.
  template <NumberType U>
  requires(WholeType<U> || std::floating_point<T>) constexpr Maybe(const std::optional<U>& other) {
    if (other) *this = Maybe(*other);
  }
  /// Both left out, or equal numbers.
  template <std::same_as<Maybe> Same>
  friend constexpr bool operator==(const Same& a, const Same& b) {
    return static_cast<const std::optional<T>&>(a) == static_cast<const std::optional<T>&>(b);
  }

 private:
  template <class U>
  static constexpr void check(U value) {
    if (std::in_range<T>(value)) return;
    if (std::cmp_less(value, 0)) reckon_internal::refuse_below_zero(static_cast<int64_t>(value));
    reckon_internal::refuse_above_int64(static_cast<uint64_t>(value));
  }
};

}  // namespace reckon
