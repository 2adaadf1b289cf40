// SPDX-License-Identifier: Apache-2.0
// How an op's options are compared, hashed and printed: by the members it lists, so that equality,
// hash and text follow from the value and no op writes them.
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include <reckon/array.h>
#include "base/hash.h"

// What public headers name lives in `reckon_internal`, so that a user's own `graph` or `data` stays
// theirs.
namespace reckon::reckon_internal::graph {}
namespace reckon {
namespace graph = reckon_internal::graph;
}

namespace reckon::reckon_internal::graph {

void hash_attribute(base::Hasher& hasher, int64_t value);
void hash_attribute(base::Hasher& hasher, double value);
void hash_attribute(base::Hasher& hasher, const std::string& value);
void hash_attribute(base::Hasher& hasher, const Shape& value);
void hash_attribute(base::Hasher& hasher, const std::vector<int64_t>& value);
void hash_attribute(base::Hasher& hasher, const Array& value);
std::string attribute_text(int64_t value);
std::string attribute_text(double value);
std::string attribute_text(const std::string& value);
std::string attribute_text(const Shape& value);
std::string attribute_text(const std::vector<int64_t>& value);
std::string attribute_text(const Array& value);
inline bool equal_attribute(const Array& a, const Array& b) { return a.same_bits(b); }
template <class T>
bool equal_attribute(const T& a, const T& b) {
  return a == b;
}

/// Numbers, flags and enums are compared as int64 or double.
template <class T>
decltype(auto) attribute_value(const T& value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
    return static_cast<int64_t>(value);
  else if constexpr (std::is_floating_point_v<T>)
    return static_cast<double>(value);
  else
    return (value);
}

/// One listed member of an options struct, type-erased.
struct Attribute {
  std::string name;
  std::function<void(const void* options, base::Hasher&)> hash;
  std::function<bool(const void* a, const void* b)> equal;
  std::function<std::string(const void* options)> text;
};

template <class Options, class T>
Attribute make_attribute(std::string name, T Options::*member) {
  const auto get = [member](const void* options) -> decltype(auto) {
    return attribute_value(static_cast<const Options*>(options)->*member);
  };
  return {
      std::move(name),
      [get](const void* options, base::Hasher& hasher) { hash_attribute(hasher, get(options)); },
      [get](const void* a, const void* b) { return equal_attribute(get(a), get(b)); },
      [get](const void* options) { return attribute_text(get(options)); }};
}

}  // namespace reckon::reckon_internal::graph
