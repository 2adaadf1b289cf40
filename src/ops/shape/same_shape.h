// SPDX-License-Identifier: Apache-2.0
// SameShape: a tensor that must have the shape of another; unknown sizes are compared where they
// are known, in the plan or the step. What may not broadcast is checked by it.
#pragma once

#include <string>

#include "graph/trace.h"

namespace reckon::ops {

/// `x`, checked to have the shape of `like`. Of dtypes that are not computed with, such as string,
/// known sizes only.
///   where, x_name, like_name  for the error
///   mend                      its last part: how the two become equal
///   throws                    Error, kInvalidArgument, at `where`, if the shapes are known to
///   differ
Tensor same_shape(const char* where, const char* x_name, const Tensor& x, const char* like_name,
                  const Tensor& like, const std::string& mend);

}  // namespace reckon::ops
