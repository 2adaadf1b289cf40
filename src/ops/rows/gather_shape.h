// SPDX-License-Identifier: Apache-2.0
// What gather and its gradient share: options, axis and the extents that their kernels walk.
#pragma once

#include "kernels/move/strided_copy.h"
#include "ops/define.h"

namespace reckon::ops {

struct GatherNodeOptions {
  int64_t axis = 0;  ///< as the user wrote it: of the table
  int64_t batch_dims = 0;
};

/// The axis in [0, rank). Throws Error, kInvalidArgument, if the table has none such.
int gather_axis(const GatherNodeOptions& options, const graph::TensorType& table);
/// The extents of this run.
kernels::GatherShape gather_shape(const View& table, const View& indices, int axis, int batch_dims);

}  // namespace reckon::ops
