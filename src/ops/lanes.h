// SPDX-License-Identifier: Apache-2.0
// The lanes of expression programs as dtypes.
#pragma once

#include <reckon/dtype.h>
#include "base/check.h"
#include "expr/lane.h"

namespace reckon::ops {

/// The lane that computes `dtype`; only for kComputed dtypes.
inline expr::Lane lane_of(DType dtype) {
  switch (dtype) {
    case kFloat32:
      return expr::Lane::kFloat32;
    case kFloat64:
      return expr::Lane::kFloat64;
    case kInt32:
      return expr::Lane::kInt32;
    case kInt64:
      return expr::Lane::kInt64;
    case kUInt8:
      return expr::Lane::kUInt8;
    case kBool:
      return expr::Lane::kBool;
    default:
      break;
  }
  base::fail(ErrorCode::kInternal, "lane", dtype_name(dtype),
             " is not computed; please report this");
}

}  // namespace reckon::ops
