// SPDX-License-Identifier: Apache-2.0
// A Program is a flat array of bound steps over one arena; runs share it and change nothing of it
// but what kernels of subgraphs lend to one run at a time: an inner Execution, the tape of a loop.
// An Execution is what one running call owns: the arena, the views, the run-time extents.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <reckon/array.h>
#include "graph/function.h"
#include "ops/kernel.h"
#include "passes/pipeline.h"
#include "runtime/variable_store.h"
#include "tensor/arena.h"

namespace reckon::runtime {

/// Where a value lives.
struct Location {
  enum class Kind : uint8_t { kArena, kFeed, kVariable, kConstant, kResult };
  Kind kind = Kind::kArena;
  /// The parameter, the variable (a module index), the constant, or the result whose memory the
  /// caller brings.
  int32_t index = 0;
  size_t offset = 0;  ///< in the arena
};

/// An operand of a step, or a result.
struct Slot {
  Location location;
  graph::TensorType type;  ///< planned: a dimension may be a run-time extent
};

struct Step {
  ops::Kernel kernel;
  int32_t first_slot = 0;  ///< inputs, then outputs
  int32_t input_count = 0, output_count = 0;
  size_t scratch_offset = 0;
  int32_t state = -1;  ///< of an Execution's kernel states
  bool writes_extents = false;
  std::string name, where;
  Place place;
};

struct Program {
  std::vector<Step> steps;
  std::vector<Slot> slots;  ///< operands of all steps, then the results
  int32_t first_result = 0, result_count = 0;
  std::vector<Array> constants;
  std::vector<graph::Extent> extents;
  graph::Types parameters;
  std::vector<int32_t> read_variables;     ///< must have a value
  std::vector<int32_t> updated_variables;  ///< get a new one
  std::vector<bool> needs_feed;            ///< by parameter
  size_t arena_bytes = 0;
  int32_t state_count = 0;
  uint64_t key = 0;  ///< of the plan and the shapes that it was compiled from, for ProgramCache
  std::vector<passes::PassTime> pass_times;
};

class Execution {
 public:
  explicit Execution(std::shared_ptr<const Program> program);
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  const Program& program() const { return *program_; }
  /// Points every use of the parameter at `data`, which must stay until the run ends.
  void feed(int32_t parameter, const void* data);
  /// Has the result written to `data` from now on, if its place is the caller's
  /// (Location::Kind::kResult).
  void place_result(int32_t index, void* data);
  /// Points variables at the store's memory; cheap if the store is the one bound last.
  /// Throws Error, kFailedPrecondition, naming a variable without a value.
  void bind(VariableStore& store);
  /// Runs all steps. Throws Error, kInvalidArgument, with the user's line if the data show a fault.
  void run(const ops::RunState& state, base::Pool& pool);
  /// The same without exceptions: the fault, with the op and the line it came from.
  kernels::Fault try_run(const ops::RunState& state, base::Pool* pool);
  /// A result of the last run, in place.
  const ops::View& result(int32_t index) const { return views_[program_->first_result + index]; }
  /// True if it lies in the memory of a bound variable, which a later run may change.
  bool is_variable(int32_t index) const {
    const Slot& slot = program_->slots[static_cast<size_t>(program_->first_result + index)];
    return slot.location.kind == Location::Kind::kVariable;
  }
  /// A copy of it.
  Array fetch(int32_t index) const;

 private:
  void make_views();
  void make_states();
  void bind_versions(VariableStore& store);
  void refresh_extents();
  void mark_updated();

  std::shared_ptr<const Program> program_;
  tensor::Arena arena_;
  std::vector<ops::View> views_;
  std::vector<int64_t> dims_;  ///< all views' dims, one after the other
  std::vector<int64_t> extents_;
  std::vector<int32_t> dynamic_views_;              ///< views with a run-time extent
  std::vector<std::vector<int32_t>> feed_views_;    ///< by parameter
  std::vector<std::vector<int32_t>> result_views_;  ///< by result: empty if it lies elsewhere
  std::vector<std::unique_ptr<ops::KernelState>> states_;
  uint64_t bound_store_ = 0;  ///< id of the store that views point into
  /// Views of variables that the program reads only, with where the store has their versions; and
  /// the versions of those it updates.
  std::vector<std::pair<int32_t, const uint64_t*>> read_versions_;
  std::vector<uint64_t*> updated_versions_;
  VariableStore* unmarked_ =
      nullptr;  ///< bound, and without a run so far that gave its variables values
};

}  // namespace reckon::runtime
