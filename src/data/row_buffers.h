// SPDX-License-Identifier: Apache-2.0
// Memory for stacked elements, used again once nobody holds the Array that it was lent to.
// A lent Array counts as borrowed: whoever writes it copies first, so memory taken back was never
// changed.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <reckon/array.h>

namespace reckon::reckon_internal::data {

class RowBuffers {
 public:
  /// An Array of numbers whose memory the caller fills through `*data` before anyone else sees it.
  Array lend(DType dtype, const Shape& shape, char** data);

 private:
  std::vector<std::shared_ptr<Array>> buffers_;
  size_t oldest_ = 0;
};

/// Shape of `count` elements of `shape`, stacked.
Shape stacked_shape(int64_t count, const Shape& shape);
/// The Arrays along a new first dimension; at least one, of one dtype.
///   throws  Error, kInvalidArgument, if their shapes differ
Array stack_arrays(std::span<const Array> arrays, RowBuffers& buffers);

}  // namespace reckon::reckon_internal::data
