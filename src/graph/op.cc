// SPDX-License-Identifier: Apache-2.0
#include "graph/op.h"

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "graph/function.h"

namespace reckon::reckon_internal::graph {

std::string type_text(const TensorType& type) {
  return std::string(dtype_name(type.dtype)) + type.shape.text();
}

namespace {

int64_t extent_times(int64_t a, int64_t b) {
  int64_t product = 0;
  base::require(!__builtin_mul_overflow(a, b, &product), "shape", "dimensions of ", a, " and ", b,
                " elements have a product of more than 2^63 - 1; give smaller extents");
  return product;
}

}  // namespace

int64_t InferContext::data_extent(int64_t bound) const {
  if (planned == nullptr) return kUnknown;
  planned->extents.push_back({bound});
  return extent_dim(static_cast<int32_t>(planned->extents.size()) - 1);
}

int64_t InferContext::product(std::span<const int64_t> dims) const {
  // A zero makes the product zero whatever the others are or would overflow to.
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) return 0;
  int64_t multiplier = 1, extent = 0;
  for (int64_t dim : dims) {
    if (dim == kUnknown) return kUnknown;
    if (!is_extent(dim)) {
      multiplier = extent_times(multiplier, dim);
      continue;
    }
    base::require(extent == 0, "shape", "two dimensions that only the data knows are multiplied; ",
                  "keep them apart by reshaping less");
    extent = dim;
  }
  if (extent == 0 || multiplier == 1) return extent == 0 ? multiplier : extent;
  const Extent factor = planned->extents[extent_index(extent)];
  const int32_t base = factor.base < 0 ? extent_index(extent) : factor.base;
  planned->extents.push_back({extent_times(factor.bound, multiplier), base,
                              factor.base < 0 ? multiplier : factor.multiplier * multiplier});
  return extent_dim(static_cast<int32_t>(planned->extents.size()) - 1);
}

int64_t InferContext::bound(int64_t dim) const {
  return is_extent(dim) ? planned->extents[extent_index(dim)].bound : dim;
}

void Op::hash_options(const Options& options, base::Hasher& hasher) const {
  for (const Attribute& attribute : attributes) attribute.hash(options.get(), hasher);
}

bool Op::equal_options(const Options& a, const Options& b) const {
  if (a == b) return true;
  for (const Attribute& attribute : attributes) {
    if (!attribute.equal(a.get(), b.get())) return false;
  }
  return true;
}

std::string Op::options_text(const Options& options) const {
  std::string text;
  for (const Attribute& attribute : attributes) {
    text += (text.empty() ? "" : ", ") + attribute.name + "=" + attribute.text(options.get());
  }
  return text;
}

std::string snake_case(const std::string& camel) {
  std::string snake;
  for (size_t i = 0; i < camel.size(); ++i) {
    const bool is_upper = std::isupper(static_cast<unsigned char>(camel[i])) != 0;
    if (is_upper && i > 0) snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(camel[i])));
  }
  return snake;
}

}  // namespace reckon::reckon_internal::graph
