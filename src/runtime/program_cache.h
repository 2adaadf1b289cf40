// SPDX-License-Identifier: Apache-2.0
// The programs that were used last, by the structural hash of what they were made from: an equal
// function compiles once. A program dropped here lives as long as someone runs it.
#pragma once

#include "base/recent.h"
#include "runtime/compile.h"

namespace reckon::runtime {

/// Data of ever new sizes must not keep a program, or an arena, for each of them.
inline constexpr size_t kKeptShapes = 64;

class ProgramCache {
 public:
  explicit ProgramCache(size_t limit = kKeptShapes) : programs_(limit), known_(limit) {}

  std::shared_ptr<const Program> get(const CompileRequest& request);
  /// The same for a function that lives as long as the cache and does not change what it has: its
  /// address names it, so a request that was met before is found without looking at its graph.
  std::shared_ptr<const Program> get_known(const CompileRequest& request);
  /// Counts as used now: for who runs a program again and again without asking for it.
  void touch(const Program& program) { programs_.find(program.key); }
  /// Programs compiled so far.
  int compiled() const { return compiled_; }
  size_t size() const { return programs_.size(); }

 private:
  struct RequestHash {
    size_t operator()(const CompileRequest& request) const;
  };
  struct SameRequest {
    bool operator()(const CompileRequest& a, const CompileRequest& b) const;
  };

  base::Recent<uint64_t, std::shared_ptr<const Program>> programs_;
  base::Recent<CompileRequest, uint64_t, RequestHash, SameRequest> known_;  ///< its program's key
  int compiled_ = 0;
};

}  // namespace reckon::runtime
