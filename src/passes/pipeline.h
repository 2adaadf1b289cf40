// SPDX-License-Identifier: Apache-2.0
// The ordered table of passes, and running it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "passes/plan.h"

namespace reckon::passes {

struct Pass {
  const char* name;
  void (*run)(Plan&, const PassContext&);
  bool is_optional;  ///< RECKON_DISABLE_PASS=name (a comma list, or "all") skips it
};

/// What a pass cost in one compilation.
struct PassTime {
  std::string name;
  double seconds = 0;
};

std::span<const Pass> pipeline();
/// Runs every pass that is not switched off, the verifier after each. RECKON_DEBUG=ir prints the
/// function after each pass to stderr.
std::vector<PassTime> run_pipeline(Plan& plan, const PassContext& context);

}  // namespace reckon::passes
