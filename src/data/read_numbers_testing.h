// SPDX-License-Identifier: Apache-2.0
// For tests: what comes out of an input, as plain numbers.
#pragma once

#include <memory>
#include <vector>

#include "data/iterator.h"

namespace reckon::reckon_internal::data {

/// The elements of an integer Array.
inline std::vector<int64_t> numbers_of(const Array& array) {
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < array.num_elements(); ++i) numbers.push_back(array.at<int64_t>(i));
  return numbers;
}

/// The first feature of the next `limit` elements, one vector for each.
inline std::vector<std::vector<int64_t>> read_numbers(Iterator& iterator, int64_t limit = 1000) {
  std::vector<std::vector<int64_t>> elements;
  for (ArrayElement element; limit > 0 && iterator.next(element); --limit) {
    elements.push_back(numbers_of(element.features[0]));
  }
  return elements;
}

inline std::vector<std::vector<int64_t>> read_numbers(const Dataset& dataset, int64_t limit = 1000,
                                                      const IteratorContext& context = {}) {
  return read_numbers(*make_iterator(dataset, context), limit);
}

/// As above, all elements in one row.
inline std::vector<int64_t> read_flat(const Dataset& dataset, int64_t limit = 1000,
                                      const IteratorContext& context = {}) {
  std::vector<int64_t> flat;
  for (const auto& element : read_numbers(dataset, limit, context)) {
    flat.insert(flat.end(), element.begin(), element.end());
  }
  return flat;
}

using Numbers = std::vector<int64_t>;
using Batches = std::vector<std::vector<int64_t>>;

}  // namespace reckon::reckon_internal::data
