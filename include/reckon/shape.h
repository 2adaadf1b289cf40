// SPDX-License-Identifier: Apache-2.0
// The extents of a Tensor or Array, row-major; a Tensor's dimension may be unknown while tracing.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <vector>

namespace reckon {

/// A dimension that is not known while the graph is built, such as the batch size.
inline constexpr int64_t kUnknown = -1;

/// Up to 8 dimensions. Unknown dimensions are negative.
class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  /// Throws Error, kInvalidArgument, for more than kMaxRank dimensions.
  Shape(std::initializer_list<int64_t> dims);
  explicit Shape(const std::vector<int64_t>& dims);

  int rank() const { return rank_; }
  /// The extent of dimension `axis`; a negative axis counts from the end.
  /// Throws Error, kInvalidArgument, if there is no such axis.
  int64_t operator[](int axis) const;
  void set(int axis, int64_t extent);
  void append(int64_t extent);

  const int64_t* begin() const { return dims_.data(); }
  const int64_t* end() const { return dims_.data() + rank_; }
  std::vector<int64_t> dims() const { return {begin(), end()}; }

  /// True if every dimension is known (not negative).
  bool is_static() const;
  /// The product of the dimensions, 1 for a scalar. Throws Error if a dimension is unknown or the
  /// product overflows.
  int64_t num_elements() const;
  /// "[?, 784]"
  std::string text() const;

  bool operator==(const Shape& other) const;

 private:
  std::array<int64_t, kMaxRank> dims_{};
  int rank_ = 0;
};

/// Writes `shape.text()`.
std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace reckon
