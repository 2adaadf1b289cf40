// SPDX-License-Identifier: Apache-2.0
// One golden case through the public API: build, run, compare.
#pragma once

#include <string>

#include "golden_case.h"

namespace reckon::golden {

enum class Verdict { kPassed, kFailed, kUnsupported };
struct Outcome {
  Verdict verdict = Verdict::kPassed;
  std::string reason;  ///< of a failure or of what is unsupported
};

/// Values and gradients, fetched together from one graph.
Outcome run_case(const Case& golden);
/// Passes if the call throws an Error that blames its arguments, while tracing or running.
Outcome run_rejection(const Rejection& rejection);

}  // namespace reckon::golden
