// SPDX-License-Identifier: Apache-2.0
// Array's buffers: made, shared, copied before the first write. Elements are read in
// array_element.cc.
#include <reckon/array.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <ostream>

#include "base/check.h"
#include "base/with_place.h"

namespace reckon {
namespace {

using base::fail;
using base::require;
using base::with_place;

constexpr std::align_val_t kAlignment{64};

std::shared_ptr<void> allocate(DType dtype, const Shape& shape, int64_t count) {
  size_t bytes = 0;
  const bool overflows =
      __builtin_mul_overflow(static_cast<size_t>(count), dtype_size(dtype), &bytes);
  void* memory = overflows ? nullptr : ::operator new(bytes ? bytes : 1, kAlignment, std::nothrow);
  if (!memory) {
    fail(ErrorCode::kUnavailable, "array", "there is no memory for ", dtype, shape, ", ", count,
         " elements of ", dtype_size(dtype), " bytes; use a smaller batch or shape");
  }
  return {memory, [](void* p) { ::operator delete(p, kAlignment); }};
}

// The references and, behind them, the bytes that they refer to.
std::shared_ptr<void> copy_strings(std::span<const std::string_view> values, const Shape& shape) {
  size_t bytes = 0;
  for (const std::string_view value : values) bytes += value.size();
  const size_t unit = sizeof(std::string_view);
  const auto units = static_cast<int64_t>(values.size() + (bytes + unit - 1) / unit);
  std::shared_ptr<void> buffer = allocate(kString, shape, units);
  auto* views = static_cast<std::string_view*>(buffer.get());
  char* text = reinterpret_cast<char*>(views + values.size());
  for (const std::string_view value : values) {
    if (!value.empty()) std::memcpy(text, value.data(), value.size());
    new (views++) std::string_view(text, value.size());
    text += value.size();
  }
  return buffer;
}

void check_made(DType dtype, const Shape& shape) {
  require(dtype != DType::kInvalid, "array", "an array of shape ", shape,
          " was asked for without a dtype; give one, e.g. kFloat32");
}

// Whoever dropped the other references may have been another thread, still reading: an acquiring
// read-modify-write of the count orders those reads before our writes.
bool is_only_owner(const std::shared_ptr<const void>& buffer) {
  if (buffer.use_count() != 1) return false;
  std::shared_ptr<const void> probe = buffer;
  probe.reset();
  return true;
}

bool is_aligned(const void* data, DType dtype) {
  const size_t alignment = std::min<size_t>(dtype_size(dtype), 8);
  return reinterpret_cast<uintptr_t>(data) % alignment == 0;
}

}  // namespace

Array Array::uninitialized(DType dtype, const Shape& shape) {
  check_made(dtype, shape);
  Array array;
  array.dtype_ = dtype;
  array.shape_ = shape;
  array.num_elements_ = shape.num_elements();
  std::shared_ptr<void> buffer = allocate(dtype, shape, array.num_elements_);
  if (dtype == kString) {
    auto* views = static_cast<std::string_view*>(buffer.get());
    for (int64_t i = 0; i < array.num_elements_; ++i) new (views + i) std::string_view();
  }
  array.data_ = buffer.get();
  array.buffer_ = std::move(buffer);
  return array;
}

Array Array::zeros(DType dtype, const Shape& shape) {
  Array array = uninitialized(dtype, shape);
  if (dtype != kString) std::memset(const_cast<void*>(array.data_), 0, array.num_bytes());
  return array;
}

Array Array::strings(const std::vector<std::string>& values, const Shape& shape, Place place) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  return string_views(views, shape, place);
}

Array Array::scalar(const char* text) {
  require(text != nullptr, "array", "came as a null text; pass \"\" for an empty one");
  return strings({text}, Shape{});
}

Array Array::string_views(std::span<const std::string_view> values, const Shape& shape,
                          Place place) {
  Array array;
  array.dtype_ = kString;
  array.shape_ = shape;
  array.num_elements_ = shape.num_elements();
  array.check_count(values.size(), place);
  array.buffer_ = copy_strings(values, shape);
  array.data_ = array.buffer_.get();
  return array;
}

Array Array::borrow(DType dtype, const Shape& shape, const void* data,
                    std::shared_ptr<const void> keeper) {
  check_made(dtype, shape);
  Array array;
  array.dtype_ = dtype;
  array.shape_ = shape;
  array.num_elements_ = shape.num_elements();
  require(data != nullptr || array.num_elements_ == 0, "array", "no data was given to borrow ",
          array, " from; pass a pointer to ", array.num_elements_, " elements");
  if (!is_aligned(data, dtype)) {
    Array copy = uninitialized(dtype, shape);
    std::memcpy(const_cast<void*>(copy.data_), data, copy.num_bytes());
    return copy;
  }
  array.data_ = data;
  array.buffer_ = std::move(keeper);
  array.is_borrowed_ = true;
  return array;
}

void Array::swap(Array& other) noexcept {
  std::swap(dtype_, other.dtype_);
  std::swap(shape_, other.shape_);
  std::swap(num_elements_, other.num_elements_);
  std::swap(data_, other.data_);
  std::swap(buffer_, other.buffer_);
  std::swap(is_borrowed_, other.is_borrowed_);
}

void* Array::mutable_raw() {
  require(valid(), "array",
          "an empty Array() has no elements to write; make one with Array::zeros");
  if (is_borrowed_ || !is_only_owner(buffer_)) {
    if (dtype_ == kString) {
      *this = string_views(data<std::string_view>(), shape_);
    } else {
      Array copy = uninitialized(dtype_, shape_);
      if (num_bytes() > 0) std::memcpy(const_cast<void*>(copy.data_), data_, num_bytes());
      *this = std::move(copy);
    }
  }
  return const_cast<void*>(data_);
}

Array Array::reshaped(const Shape& shape, Place place) const {
  if (!shape.is_static() || shape.num_elements() != num_elements_) {
    with_place(place, [&] {
      fail(ErrorCode::kInvalidArgument, "reshape", *this, " has ", num_elements_,
           " elements and cannot become ", shape,
           "; the product of the extents must stay the same: write out every extent");
    });
  }
  Array array = *this;
  array.shape_ = shape;
  return array;
}

Array Array::rows(Integer begin, Integer end, Place place) const {
  const int64_t count = shape_.rank() == 0 ? -1 : shape_[0];
  if (begin < 0 || end < begin || end > count) {
    with_place(place, [&] {
      require(count >= 0, "rows", *this, " has no rows; give an array of rank 1 or more");
      fail(ErrorCode::kInvalidArgument, "rows", "rows [", begin, ", ", end, ") of ", *this,
           " were asked for; give 0 <= begin <= end <= ", count);
    });
  }
  const int64_t row_elements = count == 0 ? 0 : num_elements_ / count;
  Array array = *this;
  array.shape_.set(0, end - begin);
  array.num_elements_ = row_elements * (end - begin);
  const size_t skipped = static_cast<size_t>(row_elements * begin) * dtype_size(dtype_);
  if (skipped > 0) array.data_ = static_cast<const char*>(data_) + skipped;
  return array;
}

bool Array::same_bits(const Array& other) const {
  if (dtype_ != other.dtype_ || !(shape_ == other.shape_)) return false;
  if (dtype_ != kString) {
    return num_bytes() == 0 || std::memcmp(data_, other.data_, num_bytes()) == 0;
  }
  const auto mine = data<std::string_view>(), theirs = other.data<std::string_view>();
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end());
}

std::ostream& operator<<(std::ostream& out, const Array& array) { return out << array.text(); }

}  // namespace reckon
