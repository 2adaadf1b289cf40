// SPDX-License-Identifier: Apache-2.0
// Array's elements one at a time: as a number, an integer, a string or text.
#include <fmt/format.h>
#include <reckon/array.h>

#include <cmath>
#include <complex>
#include <limits>

#include "base/check.h"
#include "base/with_place.h"
#include "tensor/half.h"

namespace reckon {
namespace {

using base::require;
using base::with_place;

template <class T>
T load(const void* data, int64_t index) {
  return static_cast<const T*>(data)[index];
}

double load_floating(DType dtype, const void* data, int64_t index) {
  switch (dtype) {
    case kFloat16:
      return tensor::to_float(load<Float16>(data, index));
    case kBFloat16:
      return tensor::to_float(load<BFloat16>(data, index));
    case kFloat32:
      return load<float>(data, index);
    default:
      return load<double>(data, index);
  }
}

// Every integer and bool but uint64, whose upper half int64 cannot hold.
int64_t load_integer(DType dtype, const void* data, int64_t index) {
  switch (dtype) {
    case kInt8:
      return load<int8_t>(data, index);
    case kInt16:
      return load<int16_t>(data, index);
    case kInt32:
      return load<int32_t>(data, index);
    case kUInt8:
      return load<uint8_t>(data, index);
    case kUInt16:
      return load<uint16_t>(data, index);
    case kUInt32:
      return load<uint32_t>(data, index);
    case kBool:
      return load<bool>(data, index);
    default:
      return load<int64_t>(data, index);
  }
}

std::complex<double> load_complex(DType dtype, const void* data, int64_t index) {
  if (dtype == kComplex64) return load<std::complex<float>>(data, index);
  return load<std::complex<double>>(data, index);
}

std::string element_text(DType dtype, const void* data, int64_t index) {
  if (dtype == kString) return fmt::format("\"{}\"", load<std::string_view>(data, index));
  if (dtype == kFloat32) return fmt::format("{}", load<float>(data, index));
  if (dtype == kBool) return load<bool>(data, index) ? "true" : "false";
  if (dtype == kUInt64) return fmt::format("{}", load<uint64_t>(data, index));
  if (is_floating(dtype)) return fmt::format("{}", load_floating(dtype, data, index));
  if (!is_complex(dtype)) return fmt::format("{}", load_integer(dtype, data, index));
  const std::complex<double> value = load_complex(dtype, data, index);
  return fmt::format("{}{:+}j", value.real(), value.imag());
}

}  // namespace

void Array::check_dtype(DType wanted, Place place) const {
  with_place(place, [&] {
    require(dtype_ == wanted, "array", *this, " was read as ", wanted,
            "; read it as the C++ type of ", dtype_,
            ", or one by one with at<T>(), which converts");
  });
}

void Array::check_index(int64_t index, Place place) const {
  with_place(place, [&] {
    require(index >= 0 && index < num_elements_, "array", "there is no element ", index, " in ",
            *this, ", which has ", num_elements_, "; count from 0 in row-major order");
  });
}

int64_t Array::index_of(std::initializer_list<Integer> indices) const {
  const Shape given(indices);
  require(given.rank() == shape_.rank(), "array", given.rank(), " indices were given for ", *this,
          "; give one for each dimension, or one in row-major order");
  int64_t flat = 0;
  for (int axis = 0; axis < given.rank(); ++axis) {
    const int64_t extent = shape_[axis];
    require(given[axis] >= 0 && given[axis] < extent, "array", "index ", given[axis], " of axis ",
            axis, " is outside ", *this, "; give one in [0, ", extent, ")");
    flat = flat * extent + given[axis];
  }
  return flat;
}

void Array::check_count(size_t count, Place place) const {
  with_place(place, [&] {
    require(static_cast<size_t>(num_elements_) == count, "array", count, " values were given for ",
            *this, ", which has ", num_elements_, " elements; give one value for each element");
  });
}

void Array::check_number(Place place) const {
  with_place(place, [&] {
    require(dtype_ != kString, "array", *this,
            " holds strings, not numbers; read it with item<std::string>() or at<std::string>()");
    require(!is_complex(dtype_), "array", *this,
            " holds complex numbers, which no real type can give; read them through raw()");
  });
}

int64_t Array::only_index(Place place) const {
  with_place(place, [&] {
    require(num_elements_ == 1, "array", *this, " has ", num_elements_,
            " elements, but item() reads the only one; use at(index) or data()");
  });
  return 0;
}

double Array::number_at(int64_t index, Place place) const {
  check_index(index, place);
  check_number(place);
  if (is_floating(dtype_)) return load_floating(dtype_, data_, index);
  if (dtype_ == kUInt64) return static_cast<double>(load<uint64_t>(data_, index));
  return static_cast<double>(load_integer(dtype_, data_, index));
}

int64_t Array::integer_at(int64_t index, int64_t lowest, uint64_t highest, Place place) const {
  check_index(index, place);
  check_number(place);
  // `bits` is the two's complement of the value, `fits` whether T can hold it.
  uint64_t bits = 0;
  bool fits = false;
  if (is_floating(dtype_)) {
    const double value = std::trunc(load_floating(dtype_, data_, index));
    // 2^64 and -2^63 are exact in double; beyond them (or NaN) a cast would be undefined.
    fits = value >= -0x1p63 && value < 0x1p64;
    if (fits && value < 0) {
      fits = static_cast<int64_t>(value) >= lowest;
      bits = static_cast<uint64_t>(static_cast<int64_t>(value));
    } else if (fits) {
      bits = static_cast<uint64_t>(value);
      fits = bits <= highest;
    }
  } else {
    bits = static_cast<uint64_t>(load_integer(dtype_, data_, index));
    const bool is_negative = dtype_ != kUInt64 && static_cast<int64_t>(bits) < 0;
    fits = is_negative ? static_cast<int64_t>(bits) >= lowest : bits <= highest;
  }
  with_place(place, [&] {
    require(fits, "array", "element ", index, " of ", *this, " is ",
            element_text(dtype_, data_, index), ", outside [", lowest, ", ", highest,
            "] of the integer type it was read as; read it as a wider type or as double");
  });
  return static_cast<int64_t>(bits);
}

std::string_view Array::string_at(int64_t index, Place place) const {
  check_index(index, place);
  with_place(place, [&] {
    require(dtype_ == kString, "array", *this,
            " holds no strings; read it with a number type, e.g. at<float>(0)");
  });
  return load<std::string_view>(data_, index);
}

std::string Array::text() const { return std::string(dtype_name(dtype_)) + shape_.text(); }

std::string Array::values_text(Integer limit) const {
  std::string text = this->text() + " {";
  for (int64_t i = 0; i < std::min<int64_t>(limit, num_elements_); ++i) {
    if (i > 0) text += ", ";
    text += element_text(dtype_, data_, i);
  }
  if (limit < num_elements_) text += limit > 0 ? ", ..." : "...";
  return text + "}";
}

}  // namespace reckon
