// SPDX-License-Identifier: Apache-2.0
// Runs an expression program over a space of elements: broadcast operands, several outputs,
// reductions. The bits depend on the program and the dims alone: not on threads, instruction set or
// fusion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/pool.h"
#include "expr/program.h"
#include "kernels/fault.h"
#include "kernels/isa.h"

namespace reckon::kernels {

enum class ReduceKind : uint8_t { kNone, kSum, kProd, kMax, kMin, kAny, kAll };

/// What becomes of one output of the program.
struct LoopOutput {
  ReduceKind kind = ReduceKind::kNone;
  /// Per dim of the loop: true if reduced over. Empty (or all false) for kNone.
  std::vector<bool> reduced = {};
  bool operator==(const LoopOutput&) const = default;
};

/// A program and the space it runs over. Elements are visited in row-major order of `dims`, and
/// the program's index opcode gives the flat row-major number of the element.
struct LoopSpec {
  expr::Program program;
  /// Extents, outermost first; may hold zeros; empty means one element.
  std::vector<int64_t> dims;
  /// Per input of the program and dim: the step in elements, 0 = broadcast. An input whose strides
  /// are all zero is one scalar, read at run time (a seed, a step, a learning rate).
  std::vector<std::vector<int64_t>> input_strides;
  /// One per output of the program.
  std::vector<LoopOutput> outputs;
};

/// A planned loop: immutable, may be run by several threads at once.
class FusedLoop {
 public:
  ///   throws  Error, kInternal, if the spec is not consistent
  explicit FusedLoop(LoopSpec spec);
  /// As above with the kernels of another instruction set, for tests.
  FusedLoop(LoopSpec spec, Isa isa);
  ~FusedLoop();
  FusedLoop(FusedLoop&&) noexcept;
  FusedLoop& operator=(FusedLoop&&) noexcept;

  /// Bytes of scratch that `run` needs for that outer extent (-1 = as planned): 0 unless an output
  /// is reduced.
  size_t scratch_bytes(int64_t outer_extent = -1) const;

  /// Runs the loop.
  ///   inputs   one pointer per input, to its first element; bool elements are one byte, 0 or 1
  ///   outputs  one pointer per output: dense, row-major over the dims that it keeps. An output
  ///   that is
  ///            not reduced may be an input of the same element size and identity strides (in
  ///            place); other overlaps are not allowed
  ///   outer_extent  replaces dims[0]; -1 = as planned
  ///   pool     splits long loops over its threads; null = run here
  ///   scratch  scratch_bytes(outer_extent) bytes, 64-byte aligned; null = this thread's own,
  ///            which grows when a larger loop is met and allocates nothing otherwise
  ///   returns  a fault if an integer was divided by zero or raised to a negative power
  Fault run(const void* const* inputs, void* const* outputs, int64_t outer_extent = -1,
            base::Pool* pool = nullptr, void* scratch = nullptr) const;

  const LoopSpec& spec() const;

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace reckon::kernels
