// SPDX-License-Identifier: Apache-2.0
// Shape: checked access to its extents, their product and its text.
#include <reckon/shape.h>

#include <algorithm>
#include <ostream>

#include "base/check.h"

namespace reckon {

using base::require;

Shape::Shape(std::initializer_list<Integer> dims) {
  for (const Integer extent : dims) append(extent);
}

Shape::Shape(const std::vector<int64_t>& dims) {
  for (const int64_t extent : dims) append(extent);
}

namespace {

int checked_axis(const Shape& shape, int64_t axis) {
  const int rank = shape.rank();
  require(rank > 0, "shape", "there is no axis ", axis,
          " in [], a scalar; give a shape of rank 1 or more");
  require(axis >= -rank && axis < rank, "shape", "there is no axis ", axis, " in ", shape,
          ", which has ", rank, " dimensions; give an axis from ", -rank, " to ", rank - 1);
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace

int64_t Shape::operator[](Integer axis) const {
  return dims_[static_cast<size_t>(checked_axis(*this, axis))];
}

void Shape::set(Integer axis, Integer extent) {
  dims_[static_cast<size_t>(checked_axis(*this, axis))] = extent;
}

void Shape::append(Integer extent) {
  require(rank_ < kMaxRank, "shape", "a dimension of ", extent, " was to be added to ", *this,
          ", but a shape has at most ", kMaxRank, " dimensions; join some of them with reshape");
  dims_[static_cast<size_t>(rank_++)] = extent;
}

bool Shape::is_static() const {
  return std::all_of(begin(), end(), [](int64_t extent) { return extent >= 0; });
}

int64_t Shape::num_elements() const {
  require(
      is_static(), "shape", *this,
      " has an unknown dimension, so its number of elements is not known yet; give every extent");
  // A zero extent makes the product zero whatever the others would overflow to.
  if (std::find(begin(), end(), 0) != end()) return 0;
  int64_t product = 1;
  for (const int64_t extent : *this) {
    require(!__builtin_mul_overflow(product, extent, &product), "shape", *this,
            " has more than 2^63 - 1 elements; give smaller extents");
  }
  return product;
}

std::string Shape::text() const {
  std::string text = "[";
  for (const int64_t extent : *this) {
    if (text.size() > 1) text += ", ";
    text += extent < 0 ? "?" : std::to_string(extent);
  }
  return text + "]";
}

bool Shape::operator==(const Shape& other) const {
  return std::equal(begin(), end(), other.begin(), other.end());
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.text(); }

}  // namespace reckon
