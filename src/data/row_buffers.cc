// SPDX-License-Identifier: Apache-2.0
#include "data/row_buffers.h"

#include <cstring>

#include "base/check.h"

namespace reckon::reckon_internal::data {
namespace {

// Enough for a prefetching input; a reader whose consumer keeps more simply allocates.
constexpr size_t kMaxBuffers = 8;

// Whoever dropped the last Array may have been another thread, still reading: an acquiring
// read-modify-write of the count orders its reads before our writes.
bool is_free(const std::shared_ptr<Array>& buffer) {
  if (buffer.use_count() != 1) return false;
  std::shared_ptr<Array> probe = buffer;
  probe.reset();
  return true;
}

Array stack_strings(std::span<const Array> arrays, const Shape& shape) {
  std::vector<std::string_view> views;
  for (const Array& array : arrays) {
    const auto values = array.data<std::string_view>();
    views.insert(views.end(), values.begin(), values.end());
  }
  return Array::string_views(views, shape);
}

}  // namespace

Array RowBuffers::lend(DType dtype, const Shape& shape, char** data) {
  const size_t bytes = static_cast<size_t>(shape.num_elements()) * dtype_size(dtype);
  std::shared_ptr<Array> chosen;
  for (const std::shared_ptr<Array>& buffer : buffers_) {
    if (buffer->dtype() != dtype || buffer->num_bytes() < bytes || !is_free(buffer)) continue;
    chosen = buffer;
    break;
  }
  if (chosen == nullptr) {
    chosen = std::make_shared<Array>(Array::uninitialized(dtype, shape));
    if (buffers_.size() < kMaxBuffers) {
      buffers_.push_back(chosen);
    } else {
      buffers_[oldest_] = chosen;
      oldest_ = (oldest_ + 1) % kMaxBuffers;
    }
  }
  *data = static_cast<char*>(const_cast<void*>(chosen->raw()));
  return Array::borrow(dtype, shape, *data, std::move(chosen));
}

Shape stacked_shape(int64_t count, const Shape& shape) {
  Shape stacked{count};
  for (int64_t dim : shape) stacked.append(dim);
  return stacked;
}

Array stack_arrays(std::span<const Array> arrays, RowBuffers& buffers) {
  const Array& first = arrays[0];
  for (const Array& array : arrays) {
    base::require(
        array.shape() == first.shape(), "batch", "elements ", first, " and ", array,
        " cannot be stacked; give every element the same shape with map(), or drop the last, "
        "smaller batch with batch(size, true)");
  }
  const Shape shape = stacked_shape(static_cast<int64_t>(arrays.size()), first.shape());
  if (first.dtype() == kString) return stack_strings(arrays, shape);
  char* memory = nullptr;
  Array stacked = buffers.lend(first.dtype(), shape, &memory);
  for (size_t i = 0; i < arrays.size(); ++i) {
    if (first.num_bytes() > 0) {
      std::memcpy(memory + i * first.num_bytes(), arrays[i].raw(), first.num_bytes());
    }
  }
  return stacked;
}

}  // namespace reckon::reckon_internal::data
