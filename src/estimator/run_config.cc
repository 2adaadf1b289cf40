// SPDX-License-Identifier: Apache-2.0
// RunConfig is an aggregate whose destructor alone is not inline.
#include <reckon/run_config.h>

namespace reckon {

RunConfig::~RunConfig() = default;

}  // namespace reckon
