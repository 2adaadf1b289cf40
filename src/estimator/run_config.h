// SPDX-License-Identifier: Apache-2.0
// What the fields of a RunConfig may be, and what they mean.
#pragma once

#include <reckon/run_config.h>

namespace reckon::estimator {

/// True for a period of RunConfig that is neither unset nor 0.
template <class Period>
bool is_on(const Period& period) {
  return period > 0;
}

/// Throws Error, kInvalidArgument, naming the field that is wrong.
void check_config(const RunConfig& config);

}  // namespace reckon::estimator
