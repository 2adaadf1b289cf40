// SPDX-License-Identifier: Apache-2.0
// What is said of a number that an argument's type does not hold.
#include <reckon/number.h>

#include <fmt/format.h>

#include "base/check.h"

namespace reckon::reckon_internal {

void refuse_above_int64(uint64_t value) {
  base::fail(ErrorCode::kInvalidArgument, "argument", "the number ", value,
             " came, expected at most 2^63 - 1; pass a smaller one");
}

void refuse_as_double(double nearest) {
  throw Error(ErrorCode::kInvalidArgument, "number",
              fmt::format("a whole number beside {:.17g} came, expected one that double holds; "
                          "pass one of at most 53 binary digits, or an Array",
                          nearest));
}

void refuse_below_zero(int64_t value) {
  base::fail(ErrorCode::kInvalidArgument, "argument", "the number ", value,
             " came where none is below 0; pass 0 or more, or leave it out");
}

}  // namespace reckon::reckon_internal
