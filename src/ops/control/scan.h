// SPDX-License-Identifier: Apache-2.0
// What scan and its gradient share. Inputs of a Scan: the carried values, the elements, then what
// the body uses from outside. Its body takes the carried values and one row of each element, and
// gives the next carried values and one row of each stacked output.
#pragma once

#include <cstdint>
#include <memory>

#include "ops/control/subgraph.h"
#include "ops/define.h"

namespace reckon::ops {

struct ScanOptions {
  int64_t carried = 0;
  int64_t elements = 0;
  bool reverse = false;  ///< from the last row to the first
};

/// The last carried values, then the stacked outputs.
Tensors make_scan(const ScanOptions& options, const Tensors& inputs,
                  std::shared_ptr<graph::Function> body, Place place);

/// The gradient rule; in scan_gradient.cc.
Tensors scan_gradient(const ScanOptions& options, const Backward& b);

/// A parameter for each carried value and each row, which are the first inputs of a Scan.
Tensors scan_parameters(graph::SubgraphScope& scope, const ScanOptions& options,
                        const Tensors& inputs);

}  // namespace reckon::ops
