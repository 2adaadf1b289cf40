// SPDX-License-Identifier: Apache-2.0
// The extents of a Tensor or Array, row-major; a Tensor's dimension may be unknown while tracing.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <vector>

#include <reckon/number.h>

namespace reckon {

/// A dimension that is not known while the graph is built, such as the batch size.
inline constexpr int64_t kUnknown = -1;

/// Up to 8 dimensions. Unknown dimensions are negative.
class Shape {
 public:
  /// The most dimensions there can be.
  static constexpr int kMaxRank = 8;

  /// A scalar's: no dimensions.
  Shape() = default;
  /// `{2, 3}`; a negative extent is unknown.
  ///   throws  Error, kInvalidArgument, for more than kMaxRank dimensions
  Shape(std::initializer_list<Integer> dims);
  /// As above, of a vector.
  explicit Shape(const std::vector<int64_t>& dims);

  /// The number of dimensions.
  int rank() const { return rank_; }
  /// The extent of dimension `axis`; a negative axis counts from the end.
  ///   throws  Error, kInvalidArgument, if there is no such axis
  int64_t operator[](Integer axis) const;
  /// Gives dimension `axis` another extent; throws as operator[].
  void set(Integer axis, Integer extent);
  /// Adds a last dimension.
  ///   throws  Error, kInvalidArgument, if there are kMaxRank already
  void append(Integer extent);

  /// The extents, outermost first, with end().
  const int64_t* begin() const { return dims_.data(); }
  /// Behind the last extent.
  const int64_t* end() const { return dims_.data() + rank_; }
  /// The extents, outermost first.
  std::vector<int64_t> dims() const { return {begin(), end()}; }

  /// True if every dimension is known (not negative).
  bool is_static() const;
  /// The product of the dimensions, 1 for a scalar.
  ///   throws  Error, kInvalidArgument, if a dimension is unknown or the product is over 2^63 - 1
  int64_t num_elements() const;
  /// "[?, 784]"; a scalar's is "[]".
  std::string text() const;

  /// Equal ranks and extents; unknown ones equal those of the same number.
  bool operator==(const Shape& other) const;

 private:
  std::array<int64_t, kMaxRank> dims_{};
  int rank_ = 0;
};

/// Writes `shape.text()`.
std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace reckon
