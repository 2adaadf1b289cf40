// SPDX-License-Identifier: Apache-2.0
// Names that users give: looked up with the caller's line, and listed without one coming twice.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <reckon/error.h>

namespace reckon {

/// What a look-up by name takes: the text, and the caller's line for its error. It refers to the
/// caller's text and is not to be kept.
class Name {
 public:
  /// A literal.
  ///   throws  Error, kInvalidArgument, if it is null
  Name(const char* text, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  /// A text.
  Name(const std::string& text, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : text_(text), place_{file, line} {}

  /// The text, as a key of a map.
  std::string text() const { return std::string(text_); }
  /// The line of the look-up.
  Place place() const { return place_; }

 private:
  std::string_view text_;
  Place place_;
};

// How lists of names are checked; users need none of it.
namespace reckon_internal {
[[noreturn]] void refuse_name_twice(const std::string& name);

template <class Entries>
void require_distinct_names(const Entries& entries) {
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    for (auto other = entries.begin(); other != entry; ++other) {
      if (other->first == entry->first) refuse_name_twice(entry->first);
    }
  }
}
}  // namespace reckon_internal

/// Values by name: a std::map, of which a list may not name anything twice.
template <class T>
class Named : public std::map<std::string, T> {
 public:
  /// What it is besides.
  using Map = std::map<std::string, T>;
  /// None.
  Named() = default;
  /// These.
  Named(Map values) : Map(std::move(values)) {}  // NOLINT: meant to convert
  /// `{{"a", x}, {"b", y}}`
  ///   throws  Error, kInvalidArgument, naming a name that comes twice
  Named(std::initializer_list<typename Map::value_type> entries) : Map(entries) {
    reckon_internal::require_distinct_names(entries);
  }
};

}  // namespace reckon
