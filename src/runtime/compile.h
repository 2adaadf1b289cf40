// SPDX-License-Identifier: Apache-2.0
// From a traced function to a Program: copy, passes, memory plan, kernels. Programs are cached by
// the structural hash of what they were made from, so that an equal function compiles once.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "passes/plan.h"
#include "runtime/program.h"

namespace reckon::runtime {

struct CompileRequest {
  passes::Request request;
  graph::Types parameters;          ///< concrete, one for each parameter of the function
  std::optional<bool> is_training;  ///< unset: is_training() may not be needed
};

std::shared_ptr<const Program> compile(const CompileRequest& request);

class ProgramCache {
 public:
  std::shared_ptr<const Program> get(const CompileRequest& request);
  /// Programs compiled so far.
  int compiled() const { return compiled_; }

 private:
  std::map<uint64_t, std::shared_ptr<const Program>> programs_;
  int compiled_ = 0;
};

}  // namespace reckon::runtime
