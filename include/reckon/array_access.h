// SPDX-License-Identifier: Apache-2.0
// The templates of Array: typed elements in and out. array.h includes it; nothing else should.
#pragma once

#include <limits>
#include <type_traits>

#include <reckon/array.h>

namespace reckon {

template <class T>
Array Array::from(const std::vector<T>& values, const Shape& shape, Place place) {
  if constexpr (std::is_same_v<T, std::string>) {
    return strings(values, shape, place);
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return string_views(values, shape, place);
  } else {
    Array array = uninitialized(dtype_of<T>(), shape);
    array.check_count(values.size(), place);
    T* elements = static_cast<T*>(array.mutable_raw());
    // One by one, because std::vector<bool> has no array of bool to copy from.
    for (size_t i = 0; i < values.size(); ++i) elements[i] = values[i];
    return array;
  }
}

template <class T>
std::span<const T> Array::data(Place place) const {
  check_dtype(dtype_of<T>(), place);
  return {static_cast<const T*>(data_), static_cast<size_t>(num_elements_)};
}

template <class T>
std::span<T> Array::mutable_data(Place place) {
  check_dtype(dtype_of<T>(), place);
  return {static_cast<T*>(mutable_raw()), static_cast<size_t>(num_elements_)};
}

template <class T>
T Array::item(Place place) const {
  return at<T>(only_index(place), place);
}

template <class T>
T Array::at(Integer index, Place place) const {
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
    return T(string_at(index, place));
  } else if constexpr (std::is_same_v<T, bool>) {
    return number_at(index, place) != 0;
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(number_at(index, place));
  } else if constexpr (std::is_integral_v<T>) {
    using Limits = std::numeric_limits<T>;
    return static_cast<T>(integer_at(index, Limits::min(), Limits::max(), place));
  } else {
    check_index(index, place);
    return data<T>(place)[static_cast<size_t>(index)];
  }
}

template <class T, class... More>
requires(sizeof...(More) > 0 &&
         (std::convertible_to<More, Integer> && ...)) T Array::at(Integer first, More... more)
const { return at<T>(index_of({first, more...})); }

}  // namespace reckon
