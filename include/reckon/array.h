// SPDX-License-Identifier: Apache-2.0
// A block of numbers or strings on the host: the kind of value that has data.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <reckon/dtype.h>
#include <reckon/error.h>
#include <reckon/number.h>
#include <reckon/shape.h>

namespace reckon {

/// A dense row-major array: dtype, concrete shape, and a buffer shared by copies. Errors name the
/// caller's line.
///
/// Copies are cheap and share the buffer; `mutable_data` first makes it this Array's own (copy on
/// write). String elements are std::string_view over bytes that the buffer owns.
class Array {
 public:
  /// An array without dtype; `valid()` is false.
  Array() = default;
  /// Shares the buffer.
  Array(const Array&) = default;
  /// As above.
  Array& operator=(const Array&) = default;
  /// Takes the buffer; `other` is an Array() then.
  Array(Array&& other) noexcept : Array() { swap(other); }
  /// As above.
  Array& operator=(Array&& other) noexcept {
    Array taken(std::move(other));
    swap(taken);
    return *this;
  }
  /// Zeros (numbers), false, or empty strings. The buffer is aligned to 64 bytes.
  ///   throws  Error, kInvalidArgument, without a dtype or for an unknown extent; kUnavailable, if
  ///           there is no memory, as everything here that makes a buffer
  static Array zeros(DType dtype, const Shape& shape);
  /// Numbers without initial values; all else, strings too, as `zeros`.
  static Array uninitialized(DType dtype, const Shape& shape);
  /// Copies `values`; the dtype is that of T (`dtype_of`), strings for std::string and string_view.
  ///   throws  Error, kInvalidArgument, if the number of values is not that of `shape`
  template <class T>
  static Array from(const std::vector<T>& values, const Shape& shape, Place place = Place::here());
  /// One value of rank 0.
  template <class T>
  static Array scalar(T value) {
    return from<T>(std::vector<T>{value}, Shape{});
  }
  /// Copies strings; throws as `from`.
  static Array strings(const std::vector<std::string>& values, const Shape& shape,
                       Place place = Place::here());
  /// Copies the bytes that the views refer to; throws as `from`.
  static Array string_views(std::span<const std::string_view> values, const Shape& shape,
                            Place place = Place::here());
  /// One string of rank 0.
  ///   throws  Error, kInvalidArgument, for null
  static Array scalar(const char* text);
  /// One string of rank 0.
  static Array scalar(const std::string& text) { return strings({text}, Shape{}); }
  /// A view of memory that someone else keeps: `keeper` is held as long as the Array lives.
  /// `data` is never written (writing copies first); it is copied at once if unaligned for its
  /// elements. Strings are string_views, whose bytes `keeper` keeps too.
  ///   throws  Error, kInvalidArgument, without a dtype, or without data for elements
  static Array borrow(DType dtype, const Shape& shape, const void* data,
                      std::shared_ptr<const void> keeper);

  /// False for an Array() that nothing was assigned to.
  bool valid() const { return dtype_ != DType::kInvalid; }
  /// kInvalid if not valid().
  DType dtype() const { return dtype_; }
  /// Every extent is known; [] if not valid().
  const Shape& shape() const { return shape_; }
  /// The product of the extents, 1 for a scalar.
  int64_t num_elements() const { return num_elements_; }
  /// Bytes of the elements; of the references for strings.
  size_t num_bytes() const { return static_cast<size_t>(num_elements_) * dtype_size(dtype_); }

  /// The elements, row-major; as long as this Array is neither assigned nor written.
  const void* raw() const { return data_; }
  /// The buffer for writing; copies it first if another Array shares it or if it is borrowed.
  /// String references may be exchanged within the buffer, but not made to point elsewhere.
  ///   throws  Error, kInvalidArgument, if not valid()
  void* mutable_raw();
  /// The elements, row-major; string_views for strings.
  ///   throws  Error, kInvalidArgument, if T is not the dtype's type
  template <class T>
  std::span<const T> data(Place place = Place::here()) const;
  /// The elements for writing: `data` of `mutable_raw`.
  template <class T>
  std::span<T> mutable_data(Place place = Place::here());
  /// The only element, converted to T between numbers and bool as C++ does; a string as
  /// std::string or a string_view into the buffer.
  ///   throws  Error, kInvalidArgument, if there is not exactly one element, if a string is asked
  ///           for a number or the other way round, if the element is complex, or if its whole part
  ///           does not fit the integer type T (NaN fits none)
  template <class T>
  T item(Place place = Place::here()) const;
  /// Element `index` in row-major order, as `item`; throws likewise for an index that is not in [0,
  /// num_elements()).
  template <class T>
  T at(Integer index, Place place = Place::here()) const;
  /// The element at these indices, one for each dimension: `at<float>(row, column)`; as `item`, and
  /// throws likewise for another number of indices or one that is not in [0, extent).
  template <class T, class... More>
  requires(sizeof...(More) > 0 && (std::convertible_to<More, Integer> && ...)) T
      at(Integer first, More... more)
  const;

  /// The same elements under another shape; shares the buffer.
  ///   throws  Error, kInvalidArgument, unless it is known and has as many elements
  Array reshaped(const Shape& shape, Place place = Place::here()) const;
  /// Rows [begin, end) of dimension 0; shares the buffer.
  ///   throws  Error, kInvalidArgument, for a scalar or rows that are not there
  Array rows(Integer begin, Integer end, Place place = Place::here()) const;
  /// Dtype and shape: "float32[2, 3]"
  std::string text() const;
  /// The dtype, the shape and up to `limit` elements: "int32[3] {1, 2, ...}"
  std::string values_text(Integer limit = 20) const;
  /// Equal dtype, shape and bytes (string contents for strings; NaN equals the same NaN).
  bool same_bits(const Array& other) const;

 private:
  void swap(Array& other) noexcept;
  void check_dtype(DType wanted, Place place) const;
  void check_index(int64_t index, Place place) const;
  void check_number(Place place) const;
  /// Of the element at `indices` in row-major order.
  int64_t index_of(std::initializer_list<Integer> indices) const;
  void check_count(size_t count, Place place) const;
  double number_at(int64_t index, Place place) const;
  /// The bits of an integer in [lowest, highest]; throws Error if the element is outside.
  int64_t integer_at(int64_t index, int64_t lowest, uint64_t highest, Place place) const;
  std::string_view string_at(int64_t index, Place place) const;
  int64_t only_index(Place place) const;

  DType dtype_ = DType::kInvalid;
  Shape shape_;
  int64_t num_elements_ = 0;
  const void* data_ = nullptr;
  std::shared_ptr<const void> buffer_;
  bool is_borrowed_ = false;
};

/// Writes `array.text()`.
std::ostream& operator<<(std::ostream& out, const Array& array);

// The templates: typed elements in and out.

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
