// SPDX-License-Identifier: Apache-2.0
#include "data/element_number.h"

#include <limits>

#include "base/check.h"
#include "data/node.h"

namespace reckon::reckon_internal::data {

int64_t number_in_epoch(int64_t epoch, int64_t size, int64_t index) {
  int64_t number = 0;
  const bool is_counted = epoch >= 0 && !__builtin_mul_overflow(epoch, size, &number) &&
                          !__builtin_add_overflow(number, index, &number);
  if (is_counted) return number;
  return static_cast<int64_t>(hash_of(epoch, index)) | std::numeric_limits<int64_t>::min();
}

int64_t place_in_input(const char* where, int64_t first, int64_t step, int64_t offset,
                       int64_t count) {
  int64_t place = 0, end = 0;
  const bool is_counted = !__builtin_mul_overflow(first, step, &place) &&
                          !__builtin_add_overflow(place, offset, &place) &&
                          !__builtin_add_overflow(place, count, &end);
  base::require(
      is_counted, where, "element ", first, " lies at ", first, " * ", step, " + ", offset,
      " of its input, beyond what a number counts; skip fewer elements, or give shuffle() "
      "a smaller buffer_size");
  return place;
}

}  // namespace reckon::reckon_internal::data
