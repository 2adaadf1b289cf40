// SPDX-License-Identifier: Apache-2.0
// RowUpdate: an optimizer's rule applied to the touched rows of a table, which is never made dense.
// Rows of equal id are summed in the order of their positions first, so each row is updated once.
#pragma once

#include <functional>

#include "ops/gradient_support.h"

namespace reckon::ops {

/// The rule for one row: element-wise ops only. `row`, `grad` and each of `slots` are one row;
/// `scalars` are single values such as a learning rate. Returns the new row, then a new row for
/// each slot.
using RowRule = std::function<Tensors(const Tensor& row, const Tensor& grad, const Tensors& slots,
                                      const Tensors& scalars)>;

/// The new table, then a new one for each slot; rows that `grad` does not name stay as they are. A
/// plan updates variables in place.
///   table, slots  float32 or float64, one dtype and shape [rows, ...]
///   grad          ids in [0, rows): another one is an error of the step
///   scalars       of the table's dtype
Tensors row_update(const Tensor& table, const Tensors& slots, const RowGradient& grad,
                   const Tensors& scalars, const RowRule& rule);

}  // namespace reckon::ops
