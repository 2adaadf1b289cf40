// SPDX-License-Identifier: Apache-2.0
// slice() and strided_slice(): from what the user writes to one entry per axis, new axes and
// dropped ones.
#include <bit>
#include <limits>

#include <reckon/shape_ops.h>
#include "base/check.h"
#include "ops/at_place.h"
#include "ops/shape/slice.h"

namespace reckon::ops {
namespace {

/// begin + size, or the highest number where the sum is none: it lies outside all the same.
int64_t end_of(int64_t begin, int64_t size) {
  int64_t end = 0;
  return __builtin_add_overflow(begin, size, &end) ? std::numeric_limits<int64_t>::max() : end;
}

bool has_bit(uint32_t mask, size_t entry) { return entry < 32 && ((mask >> entry) & 1) != 0; }

/// Reads the entries of strided_slice in order.
class Entries {
 public:
  Entries(const Tensor& x, const std::vector<int64_t>& begin, const std::vector<int64_t>& end,
          const StridedSliceOptions& options);

  SliceOptions slice;
  std::vector<int> dropped;   ///< axes of the slice that go away
  std::vector<int> new_axes;  ///< axes of the result that are new

 private:
  void check_counts();
  void add_whole();
  void add(size_t entry);
  int axis() const { return static_cast<int>(slice.begins.size()); }

  const Tensor& x_;
  const std::vector<int64_t>& begin_;
  const std::vector<int64_t>& end_;
  const StridedSliceOptions& options_;
  int result_axis_ = 0;
};

Entries::Entries(const Tensor& x, const std::vector<int64_t>& begin,
                 const std::vector<int64_t>& end, const StridedSliceOptions& options)
    : x_(x), begin_(begin), end_(end), options_(options) {
  check_counts();
  // An ellipsis stands for the axes that no other entry names.
  int named = 0;
  for (size_t i = 0; i < begin.size(); ++i) {
    named += !has_bit(options.ellipsis_mask, i) && !has_bit(options.new_axis_mask, i);
  }
  base::require(named <= x.rank(), "strided_slice", "x is ", x.text(), " but ", named,
                " entries name an axis; pass at most one for each dimension");
  for (size_t i = 0; i < begin.size(); ++i) {
    if (has_bit(options.ellipsis_mask, i)) {
      for (int left = x.rank() - named; left > 0; --left) add_whole();
    } else if (has_bit(options.new_axis_mask, i)) {
      new_axes.push_back(result_axis_++);
    } else {
      add(i);
    }
  }
  while (axis() < x.rank()) add_whole();
}

void Entries::check_counts() {
  base::require(begin_.size() == end_.size() &&
                    (options_.strides.empty() || options_.strides.size() == begin_.size()),
                "strided_slice", "begin has ", begin_.size(), " entries, end ", end_.size(),
                ", strides ", options_.strides.size(), "; give as many of each, or no strides");
  base::require(std::popcount(options_.ellipsis_mask) <= 1, "strided_slice",
                "ellipsis_mask has several bits (", options_.ellipsis_mask,
                "), expected one at most; write the axes out");
}

void Entries::add_whole() {
  slice.open_begins |= 1u << axis();
  slice.open_ends |= 1u << axis();
  slice.begins.push_back(0);
  slice.ends.push_back(0);
  slice.strides.push_back(1);
  ++result_axis_;
}

void Entries::add(size_t entry) {
  const int64_t stride = options_.strides.empty() ? 1 : options_.strides[entry];
  const int64_t begin = begin_[entry];
  base::require(stride != 0, "strided_slice", "strides[", entry, "] is 0; pass another number");
  if (has_bit(options_.shrink_axis_mask, entry)) {
    base::require(stride == 1, "strided_slice", "entry ", entry,
                  " is a single index but its stride is ", stride, "; pass a stride of 1");
    dropped.push_back(axis());
    slice.single |= 1u << axis();
    slice.open_ends |= begin == -1 ? 1u << axis() : 0;
    slice.begins.push_back(begin);
    slice.ends.push_back(end_of(begin, 1));
  } else {
    slice.open_begins |= has_bit(options_.begin_mask, entry) ? 1u << axis() : 0;
    slice.open_ends |= has_bit(options_.end_mask, entry) ? 1u << axis() : 0;
    slice.begins.push_back(begin);
    slice.ends.push_back(end_[entry]);
    ++result_axis_;
  }
  slice.strides.push_back(stride);
}

SliceOptions exact_slice(const Tensor& x, const std::vector<int64_t>& begin,
                         const std::vector<int64_t>& size) {
  base::require(begin.size() == size.size(), "slice", "begin has ", begin.size(), " entries, size ",
                size.size(), "; give one of each for every dimension");
  SliceOptions options{.begins = begin,
                       .ends = begin,
                       .strides = std::vector<int64_t>(begin.size(), 1),
                       .is_exact = true};
  for (size_t axis = 0; axis < begin.size(); ++axis) {
    base::require(begin[axis] >= 0 && size[axis] >= -1, "slice", "axis ", axis, " of ", x.text(),
                  " is cut at ", begin[axis], " with size ", size[axis],
                  "; begin counts from 0, and a size of -1 goes to the end");
    options.ends[axis] = end_of(begin[axis], size[axis]);
    options.open_begins |= begin[axis] == 0 ? 1u << axis : 0;
    options.open_ends |= size[axis] == -1 ? 1u << axis : 0;
  }
  return options;
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor slice(Operand x, const std::vector<int64_t>& begin, const std::vector<int64_t>& size) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve();
    return value.is_poison() ? value
                             : ops::strided_slice_op({value}, ops::exact_slice(value, begin, size));
  });
}

Tensor strided_slice(Operand x, const std::vector<int64_t>& begin, const std::vector<int64_t>& end,
                     const StridedSliceOptions& options) {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve();
    if (value.is_poison()) return value;
    const ops::Entries entries(value, begin, end, options);
    Tensor result = ops::strided_slice_op({value}, entries.slice);
    if (!entries.dropped.empty()) result = squeeze(result, entries.dropped);
    for (int axis : entries.new_axes) result = expand_dims(result, axis);
    return result;
  });
}

}  // namespace reckon
