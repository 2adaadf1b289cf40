// SPDX-License-Identifier: Apache-2.0
// The canonical slice that slice() and strided_slice() become: one entry for each axis of x.
#pragma once

#include "ops/define.h"

namespace reckon::ops {

struct SliceOptions {
  std::vector<int64_t> begins, ends;  ///< a negative index counts from the end
  std::vector<int64_t> strides;       ///< not 0
  uint32_t open_begins = 0;  ///< bit i: axis i begins at its first element (last, if backwards)
  uint32_t open_ends = 0;    ///< bit i: axis i goes to its end
  uint32_t single = 0;       ///< bit i: of axis i one index, which x must have, is taken
  bool is_exact = false;     ///< a range that is not inside x is an error, not cut short

  bool has_open_begin(int axis) const { return (open_begins >> axis) & 1; }
  bool has_open_end(int axis) const { return (open_ends >> axis) & 1; }
  bool is_single(int axis) const { return (single >> axis) & 1; }
};

std::vector<AttributeOf<SliceOptions>> slice_attributes();
extern const DefinedOp<SliceOptions> strided_slice_op;

}  // namespace reckon::ops
